import type { Clock, SharedHealthChange } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import type { NewsBoard } from "../ledger/news-board.ts";
import { RedisBond } from "./redis-bond.ts";

const denied: SharedHealthChange = {
  key: "account account 111111111111",
  scope: "account 111111111111",
  state: "blocked",
  reason: "its role could not be assumed",
  isSoft: false,
  forMs: 60_000,
  failures: 2,
};

/** Time that passes when told to. */
class HandClock implements Clock {
  nowMs = 0;
  #timers: { readonly atMs: number; readonly ring: () => void }[] = [];

  monotonicMs(): number {
    return this.nowMs;
  }

  epochMs(): number {
    return this.nowMs;
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }

  timer(ms: number, ring: () => void): Disposable {
    const timer = { atMs: this.nowMs + ms, ring };
    this.#timers.push(timer);
    return { [Symbol.dispose]: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  get pending(): number {
    return this.#timers.length;
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      const [next] = this.#timers.toSorted((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.nowMs = next.atMs;
      next.ring();
    }
    this.nowMs = untilMs;
  }
}

/** A store that several processes see, without a delay. */
class Board {
  readonly letters: string[] = [];
  readonly leases = new Map<string, { readonly holder: string; readonly untilMs: number }>();
  readonly claims: string[] = [];
  readonly #listeners: { readonly name: string; readonly listener: (text: string) => void }[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What somebody wrote there. */
  post(text: string, by = "somebody"): void {
    this.letters.push(text);
    for (const { name, listener } of this.#listeners) if (name !== by) listener(text);
  }

  of(name: string): NewsBoard {
    return {
      tell: (_topic, text) => this.post(text, name),
      onNews: (_topic, listener) => {
        this.#listeners.push({ name, listener });
        return { [Symbol.dispose]: () => void this.#listeners.splice(0) };
      },
      claim: (claimed, forMs) => {
        this.claims.push(`${name} ${claimed} ${forMs}`);
        const nowMs = this.#clock.monotonicMs();
        const lease = this.leases.get(claimed);
        if (lease !== undefined && lease.holder !== name && lease.untilMs > nowMs) return Promise.resolve(false);
        this.leases.set(claimed, { holder: name, untilMs: nowMs + forMs });
        return Promise.resolve(true);
      },
      giveUp: (claimed) => {
        if (this.leases.get(claimed)?.holder === name) this.leases.delete(claimed);
      },
    };
  }
}

function open() {
  const clock = new HandClock();
  const board = new Board(clock);
  /** The store's clock began long before. */
  const time = { nowUs: () => 1_767_225_600_000_000 + clock.nowMs * 1e3 };
  const bondOf = (name: string) => new RedisBond({ board: board.of(name), time, clock });
  const [one, other] = [bondOf("one"), bondOf("other")];
  const heard: SharedHealthChange[] = [];
  other.onNews((change) => heard.push(change));
  return { clock, board, one, other, heard };
}

describe("what processes of a realm tell each other of their health", () => {
  it("arrives as it was told, for the time that is left", async () => {
    const { clock, board, one, heard } = open();
    one.tell(denied);
    await clock.advance(45_000);

    board.post(board.letters[0] ?? "", "the store, to who comes later");

    expect(heard).toEqual([denied, { ...denied, forMs: 15_000 }]);
  });

  it("is over when its time is, and forgotten when that was long ago", async () => {
    const { clock, board, one, heard } = open();
    one.tell(denied);
    await clock.advance(90_000);
    board.post(board.letters[0] ?? "");
    await clock.advance(900_000);
    board.post(board.letters[0] ?? "");

    expect(heard.map(({ forMs }) => forMs)).toEqual([60_000, 0]);
  });

  it("never lasts longer because clocks differ", () => {
    const { board, heard } = open();

    board.post(JSON.stringify({ ...denied, atUs: 1_767_225_600_000_000 + 1e9 }));

    expect(heard).toEqual([denied]);
  });

  it("is believed for an hour at most", () => {
    const { board, heard } = open();

    board.post(JSON.stringify({ ...denied, forMs: 1e12 }));

    expect(heard).toEqual([{ ...denied, forMs: 3_600_000 }]);
  });

  it.each([
    ["no JSON", "{"],
    ["nothing", "null"],
    ["a state of another version", JSON.stringify({ ...denied, state: "resting" })],
    ["a time that is none", JSON.stringify({ ...denied, forMs: "60000" })],
    ["a time before", JSON.stringify({ ...denied, forMs: -1 })],
    ["lines of its own for a log", JSON.stringify({ ...denied, reason: "fine\nERROR all is lost" })],
    ["a scope without an end", JSON.stringify({ ...denied, scope: "x".repeat(10_000) })],
    ["no scope", JSON.stringify({ ...denied, scope: "" })],
  ])("is dropped when it is %s", (_what, text) => {
    const { board, heard } = open();

    board.post(text);

    expect(heard).toEqual([]);
  });

  it("may hold more in another version", () => {
    const { board, heard } = open();

    board.post(JSON.stringify({ ...denied, colour: "red" }));

    expect(heard).toEqual([denied]);
  });

  it("stays at home when it is too long for the store", () => {
    const { board, one } = open();

    one.tell({ ...denied, scope: "x".repeat(900) });

    expect(board.letters).toEqual([]);
  });
});

describe("a scope that one process tries for all", () => {
  it("is claimed by one of them", async () => {
    const { one, other } = open();

    expect(await one.claim("a", 120_000)).toBe(true);
    expect(await other.claim("a", 120_000)).toBe(false);
    expect(await other.claim("b", 120_000)).toBe(true);
  });

  it("stays claimed as long as its process lives, and no longer than was asked", async () => {
    const { clock, one, other } = open();
    await one.claim("a", 120_000);

    await clock.advance(115_000);
    expect(await other.claim("a", 1)).toBe(false);
    await clock.advance(6_000);

    expect(await other.claim("a", 1)).toBe(true);
    expect(clock.pending).toBe(1);
  });

  it("may be claimed by another within seconds when its process dies", async () => {
    const { clock, board, other } = open();
    const dying = new RedisBond({ board: board.of("one"), time: { nowUs: () => 0 }, clock: new HandClock() });
    await dying.claim("a", 120_000); // its clock stands still: it never says again that it lives

    await clock.advance(5_900);
    expect(await other.claim("a", 1)).toBe(false);
    await clock.advance(200);

    expect(await other.claim("a", 1)).toBe(true);
  });

  it("may be claimed by another as soon as it is given up", async () => {
    const { clock, board, one, other } = open();
    await one.claim("a", 120_000);

    one.giveUp("a");

    expect(await other.claim("a", 120_000)).toBe(true);
    await clock.advance(10_000);
    expect(board.claims.filter((claim) => claim.startsWith("one"))).toHaveLength(1);
  });

  it("is not claimed any more when somebody else holds it after all", async () => {
    const { clock, board, one } = open();
    await one.claim("a", 120_000);
    board.leases.set("health:a", { holder: "other", untilMs: 1e9 });

    await clock.advance(20_000);

    expect(board.claims).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });
});
