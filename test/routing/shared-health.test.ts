import {
  type Attempt,
  BlockingHealth,
  type Health,
  type HealthEvent,
  NotSentError,
  type Pin,
  seededRandom,
  type Target,
  type Verdict,
} from "@shardrock/core";
import { failover } from "@shardrock/failover";
import { VirtualClock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { BondHub, hubTimes } from "./bond-hub.ts";
import { accountTarget, Failure, outcome, routedWorld } from "./routed-world.ts";

const a = accountTarget("a");
const b = accountTarget("b");
const onlyA: Pin = { accountId: a.accountId, region: undefined, by: "a test" };
const kinds = ["core's", "failover's"] as const;

/** Processes whose healths are tied together. What AWS answers at a target is the same for all of them. */
class FleetWorld {
  readonly clock = new VirtualClock();
  readonly hub = new BondHub(this.clock);
  readonly answers = new Map<string, Verdict>();
  /** What was sent where, by whom and when. */
  readonly sent: { readonly by: string; readonly to: string; readonly atMs: number }[] = [];
  readonly processes: ReturnType<FleetWorld["open"]>[];
  readonly #targets: readonly Target[];
  readonly #kind: (typeof kinds)[number];
  takesMs = 100;

  constructor(kind: (typeof kinds)[number], size: number, targets: readonly Target[] = [a, b]) {
    this.#kind = kind;
    this.#targets = targets;
    this.processes = Array.from({ length: size }, (_, index) => this.open(`p${index}`));
  }

  open(name: string) {
    const parts = { clock: this.clock, random: seededRandom(this.hub.told.length + name.length) };
    const made = failover();
    const health: Health = this.#kind === "core's" ? new BlockingHealth(parts) : made.health(parts);
    const joined = health.join?.(this.hub.bondOf(name));
    const world = routedWorld(this.#targets, {
      ...parts,
      limit: 6_000_000,
      health,
      ...(this.#kind === "failover's" && { policy: made.policy(parts) }),
    });
    const attempt: Attempt<string> = async ({ id }, call) => {
      this.sent.push({ by: name, to: id, atMs: this.clock.monotonicMs() });
      const verdict = this.answers.get(id);
      if (verdict?.kind === "account-failed") throw new NotSentError(new Failure(verdict));
      if (verdict !== undefined) throw new Failure(verdict);
      await this.clock.sleep(this.takesMs, call.signal);
      call.settle({ requests: 1, tokens: 1 });
      return id;
    };
    const run = (change: Parameters<typeof world.request>[1] = {}) =>
      outcome(world.router.run(world.request(100, change), attempt));
    const changes = () => world.events.filter((event): event is HealthEvent => event.kind === "health-change");
    return { name, health, run, joined, changes };
  }

  get one() {
    return this.#process(0);
  }

  get other() {
    return this.#process(1);
  }

  /** Calls of every process, often, for a time. */
  async busy(forMs: number, everyMs = 50, change = {}): Promise<void> {
    for (let ms = 0; ms < forMs; ms += everyMs) {
      for (const { run } of this.processes) void run(change);
      await this.clock.advance(everyMs);
    }
  }

  sentTo(id: string, sinceMs = 0) {
    return this.sent.filter(({ to, atMs }) => to === id && atMs >= sinceMs);
  }

  /** One process finds out that a role cannot be assumed. */
  async roleFails(): Promise<void> {
    this.answers.set("a", { kind: "account-failed" });
    while (this.one.health.blocked(a) === undefined) {
      void this.one.run();
      await this.clock.advance(10);
    }
  }

  #process(index: number) {
    const process = this.processes[index];
    if (process === undefined) throw new Error("there is no such process");
    return process;
  }
}

describe.each(kinds)("processes that share %s health", (kind) => {
  it("all leave alone within a beat what one of them was denied", async () => {
    const fleet = new FleetWorld(kind, 3);

    await fleet.roleFails();
    await fleet.clock.advance(hubTimes.beatMs);

    for (const { health } of fleet.processes) {
      expect(health.blocked(a)).toMatchObject({
        scope: "account aaaaaaaaaaaa",
        reason: "its role could not be assumed",
      });
      expect(health.blocked(b)).toBeUndefined();
    }
    expect(fleet.hub.told.map(({ by, change }) => [by, change.state])).toEqual([["p0", "blocked"]]);
  });

  it.each([2, 16])("let one call of %i processes try it when the wait is over", async (size) => {
    const fleet = new FleetWorld(kind, size);
    await fleet.roleFails();
    const blockedMs = fleet.clock.monotonicMs();
    await fleet.busy(59_000, 1_000);
    fleet.takesMs = 5_000;
    fleet.answers.delete("a");
    const beforeMs = fleet.clock.monotonicMs();

    await fleet.busy(6_400);

    const tries = fleet.sentTo("a", beforeMs);
    const [first] = tries;
    const servedAtMs = (first?.atMs ?? 0) + fleet.takesMs;
    expect(first?.atMs).toBeGreaterThanOrEqual(blockedMs + 60_000 - 10);
    expect(tries.filter(({ atMs }) => atMs < servedAtMs)).toHaveLength(1);
    expect(tries.filter(({ by, atMs }) => by !== first?.by && atMs < servedAtMs + hubTimes.beatMs)).toEqual([]);
  });

  it.each([2, 16])("wait together for the next try when that of %i processes failed", async (size) => {
    const fleet = new FleetWorld(kind, size);
    await fleet.roleFails();
    await fleet.clock.advance(hubTimes.beatMs);
    const beforeMs = fleet.clock.monotonicMs();

    await fleet.busy(60_000 + 119_000, 250);

    expect(fleet.sentTo("a", beforeMs)).toHaveLength(1);
    await fleet.busy(3_000, 250);
    expect(fleet.sentTo("a", beforeMs)).toHaveLength(2);
  });

  it("let another process try when the one that does dies, after its lease and not before", async () => {
    const fleet = new FleetWorld(kind, 2);
    await fleet.roleFails();
    await fleet.clock.advance(60_000);
    fleet.answers.delete("a");
    fleet.takesMs = 1e9;
    void fleet.one.run({ pin: onlyA });
    await fleet.clock.advance(1_000);
    expect(fleet.sentTo("a", 60_000)).toHaveLength(1);
    const diedAtMs = fleet.clock.monotonicMs();
    fleet.hub.kill("p0");

    for (let call = 0; call < 400; call += 1) {
      void fleet.other.run();
      await fleet.clock.advance(50);
    }

    const [, second] = fleet.sentTo("a", 60_000);
    expect(second?.by).toBe("p1");
    expect(second?.atMs).toBeGreaterThanOrEqual(diedAtMs + hubTimes.leaseMs);
    expect(second?.atMs).toBeLessThanOrEqual(diedAtMs + hubTimes.leaseMs + 3_000);
  });

  it("let the next call try, of any of them, when a try told nothing", async () => {
    const fleet = new FleetWorld(kind, 2);
    await fleet.roleFails();
    await fleet.clock.advance(60_000);
    fleet.answers.delete("a");
    fleet.takesMs = 10_000;
    const caller = new AbortController();
    void fleet.one.run({ pin: onlyA, signal: caller.signal });
    await fleet.clock.advance(1_500);
    const beforeMs = fleet.clock.monotonicMs();

    caller.abort();
    void fleet.other.run({ pin: onlyA });
    await fleet.clock.advance(1_500);

    expect(fleet.sentTo("a", beforeMs).map(({ by }) => by)).toEqual(["p1"]);
  });

  it("let others try when a process that may has no call for it any more", async () => {
    const fleet = new FleetWorld(kind, 2);
    await fleet.roleFails();
    await fleet.clock.advance(60_000);
    fleet.answers.delete("a");
    const beforeMs = fleet.clock.monotonicMs();
    const caller = new AbortController();
    void fleet.one.run({ pin: onlyA, signal: caller.signal });
    await fleet.clock.advance(1);
    caller.abort();

    for (let call = 0; call < 70; call += 1) {
      void fleet.other.run();
      await fleet.clock.advance(50);
    }

    expect(fleet.sentTo("a", beforeMs)[0]).toMatchObject({ by: "p1" });
  });

  it("each try by themselves while nobody can be asked", async () => {
    const fleet = new FleetWorld(kind, 3);
    await fleet.roleFails();
    await fleet.clock.advance(50_000);
    fleet.hub.isGone = true;
    fleet.answers.delete("a");
    await fleet.clock.advance(11_000);
    const beforeMs = fleet.clock.monotonicMs();

    await fleet.busy(500);

    expect(new Set(fleet.sentTo("a", beforeMs).map(({ by }) => by))).toEqual(new Set(["p0", "p1", "p2"]));
  });

  it("do not tell again what they heard", async () => {
    const fleet = new FleetWorld(kind, 4);
    await fleet.roleFails();
    fleet.answers.delete("a");

    await fleet.busy(70_000, 500);

    expect(fleet.hub.told.map(({ change }) => change.state)).toEqual(["blocked", "probing", "recovering"]);
  });

  it("are alone again when they leave", async () => {
    const fleet = new FleetWorld(kind, 2);
    fleet.other.joined?.[Symbol.dispose]();

    await fleet.roleFails();
    await fleet.clock.advance(hubTimes.beatMs);

    expect(fleet.other.health.blocked(a)).toBeUndefined();
  });

  it("understand nothing that another kind of health tells", async () => {
    const fleet = new FleetWorld(kind, 1);

    fleet.hub.bondOf("another").tell({
      key: "another-version account aaaaaaaaaaaa",
      scope: "account aaaaaaaaaaaa",
      state: "blocked",
      reason: "something new",
      isSoft: false,
      forMs: 60_000,
    });
    await fleet.clock.advance(hubTimes.beatMs);

    expect(fleet.one.health.blocked(a)).toBeUndefined();
  });
});

describe("processes that share failover's health", () => {
  it("start slowly together when one of them was served", async () => {
    const fleet = new FleetWorld("failover's", 2);
    await fleet.roleFails();
    await fleet.busy(60_000, 1_000);
    fleet.answers.delete("a");
    await fleet.busy(2_000);
    const heardMs = fleet.hub.told.find(({ change }) => change.state === "recovering")?.atMs ?? Number.NaN;
    await fleet.busy(33_000);
    const shareOf = (fromMs: number, toMs: number): number => {
      const theirs = fleet.sent.filter(
        ({ by, atMs }) => by === "p1" && atMs >= heardMs + fromMs && atMs < heardMs + toMs,
      );
      return theirs.filter(({ to }) => to === "a").length / theirs.length;
    };

    expect(shareOf(0, hubTimes.beatMs)).toBe(0);
    expect(shareOf(1_000, 6_000)).toBeGreaterThan(0);
    expect(shareOf(1_000, 6_000)).toBeLessThan(0.25);
    expect(shareOf(31_000, 33_000)).toBeGreaterThan(0.35);
  });

  it("tell in each what has become of a scope, once", async () => {
    const fleet = new FleetWorld("failover's", 2);
    await fleet.roleFails();
    await fleet.busy(60_000, 1_000);
    fleet.answers.delete("a");
    await fleet.busy(2_000);

    for (const { changes } of fleet.processes) {
      expect(changes().map(({ state }) => state)).toEqual(["blocked", "probing", "recovering"]);
      expect(changes()[0]).toMatchObject({ scope: "account aaaaaaaaaaaa", forMs: 60_000, isSoft: false });
    }
  });

  it("share what is ejected softly, and each call judges for itself whether that is most of what could serve it", async () => {
    const fleet = new FleetWorld("failover's", 2, [a, b, accountTarget("c")]);
    const tell = (id: string): void =>
      fleet.hub.bondOf("third").tell({
        key: `ejection ${id}`,
        scope: id,
        state: "blocked",
        reason: "most of its answers came late",
        isSoft: true,
        forMs: 10_000,
      });
    tell("a");
    await fleet.clock.advance(hubTimes.beatMs);
    await fleet.busy(1_000);
    expect(fleet.sentTo("a")).toEqual([]);

    const beforeMs = fleet.clock.monotonicMs();
    tell("b");
    await fleet.clock.advance(hubTimes.beatMs);
    await fleet.busy(1_000);

    const used = new Set(fleet.sent.filter(({ atMs }) => atMs > beforeMs + hubTimes.beatMs).map(({ to }) => to));
    expect(used).toEqual(new Set(["a", "b", "c"]));
  });

  it("double the wait wherever the next try fails", async () => {
    const fleet = new FleetWorld("failover's", 2);
    await fleet.roleFails();
    await fleet.clock.advance(60_000);

    void fleet.other.run({ pin: onlyA, maxWaitMs: 2_000 });
    await fleet.clock.advance(1_000);

    expect(fleet.hub.told.at(-1)).toMatchObject({
      by: "p1",
      change: { state: "blocked", forMs: 120_000, failures: 2 },
    });
    expect(fleet.one.health.blocked(a)?.untilMs).toBeGreaterThan(fleet.clock.monotonicMs() + 118_000);
    await fleet.clock.advance(120_000);

    void fleet.one.run({ pin: onlyA, maxWaitMs: 2_000 });
    await fleet.clock.advance(1_000);

    expect(fleet.hub.told.at(-1)).toMatchObject({
      by: "p0",
      change: { state: "blocked", forMs: 240_000, failures: 3 },
    });
  });

  it("hold a wait no shorter because another process heard of it first", async () => {
    const fleet = new FleetWorld("failover's", 2);
    fleet.answers.set("a", { kind: "account-failed" });
    for (const { run } of fleet.processes) void run({ pin: onlyA, maxWaitMs: 0 });
    await fleet.clock.advance(hubTimes.beatMs);

    for (const { health, changes } of fleet.processes) {
      expect(health.blocked(a)?.untilMs).toBeGreaterThanOrEqual(60_000);
      expect(health.blocked(a)?.untilMs).toBeLessThanOrEqual(60_000 + hubTimes.beatMs);
      expect(changes()).toHaveLength(1);
    }
  });
});
