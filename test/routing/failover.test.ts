import {
  type Attempt,
  type FailoverPolicy,
  type HealthEvent,
  NotSentError,
  seededRandom,
  type Target,
  type Verdict,
} from "@shardrock/core";
import { failover, type FailoverOptions } from "@shardrock/failover";
import { VirtualClock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { accountTarget, Failure, outcome, routedWorld, type WorldOptions } from "./routed-world.ts";

const at = (account: string, region: string): Target =>
  accountTarget(account, {
    id: `${account}-${region}`,
    region,
    destinationRegions: [region],
    quotas: quotasOf(account, region),
  });

function quotasOf(account: string, region: string): Target["quotas"] {
  return [{ key: `${account}-${region}/tokens`, unit: "tokens", windowMs: 60_000 }];
}

const east = ["a", "b"].map((account) => at(account, "us-east-1"));
const west = ["a", "b"].map((account) => at(account, "us-west-2"));

/** A router with the failover, and what each target answers at a time; a call that is served takes a second unless told. */
function world(
  targets: readonly Target[],
  options: FailoverOptions & {
    readonly limit?: number;
    readonly takesMs?: number;
    readonly router?: WorldOptions;
  } = {},
) {
  const { limit = 6_000_000, takesMs = 1_000, router: change = {}, ...failoverOptions } = options;
  const clock = new VirtualClock();
  const parts = { clock, random: seededRandom(1) };
  const made = failover(failoverOptions);
  const routed = routedWorld(targets, {
    limit,
    ...parts,
    policy: made.policy(parts),
    health: made.health(parts),
    ...change,
  });
  const answers = new Map<string, Verdict>();
  const sent: { readonly id: string; readonly atMs: number }[] = [];
  const attempt: Attempt<string> = async ({ id }, call) => {
    sent.push({ id, atMs: clock.monotonicMs() });
    const verdict = answers.get(id);
    if (verdict?.kind === "account-failed") throw new NotSentError(new Failure(verdict));
    if (verdict !== undefined) throw new Failure(verdict);
    await clock.sleep(takesMs, call.signal);
    call.settle({ requests: 1, tokens: 1 });
    return id;
  };
  const run = () => outcome(routed.router.run(routed.request(100), attempt));
  const changes = () => routed.events.filter((event): event is HealthEvent => event.kind === "health-change");
  return { ...routed, clock, answers, sent, attempt, run, changes };
}

describe("a call that meets a fault", () => {
  it.each<readonly [Verdict]>([[{ kind: "account-failed" }], [{ kind: "unreachable" }], [{ kind: "ambiguous" }]])(
    "is served elsewhere after %j",
    async (verdict) => {
      const { run, answers, clock } = world([...east, ...west]);
      for (const { id, accountId } of [...east, ...west]) if (accountId.startsWith("a")) answers.set(id, verdict);
      const calls = Array.from({ length: 8 }, run);
      await clock.advance(10_000);

      const ends = await Promise.all(calls);

      expect(ends.every((end) => "value" in end && end.value.startsWith("b"))).toBe(true);
    },
  );

  it("goes to the other Region when shared capacity is short, and to no other account of the same", async () => {
    const { run, answers, clock, sent } = world([...east, ...west]);
    for (const { id } of east) answers.set(id, { kind: "overloaded" });
    const calls = Array.from({ length: 10 }, run);
    await clock.advance(5_000);
    const ends = await Promise.all(calls);

    expect(ends.every((end) => "value" in end && end.value.endsWith("us-west-2"))).toBe(true);
    expect(sent.length).toBeLessThanOrEqual(20);
  });

  it("asks the one Region there is again, later, and not for ever", async () => {
    const { run, answers, clock, sent } = world(east, { retryBudget: { floor: 4, share: 0 } });
    for (const { id } of east) answers.set(id, { kind: "overloaded" });
    const call = run();
    await clock.advance(60_000);

    expect(await call).toMatchObject({ error: { message: "overloaded" } });
    expect(sent.length).toBeLessThanOrEqual(5);
    expect(new Set(sent.map(({ atMs }) => atMs)).size).toBe(sent.length);
  });

  it("still goes where it would rather not have gone when all else fails too", async () => {
    const { router, request, clock } = world([...east, ...west]);
    let attempts = 0;
    const call = outcome(
      router.run(request(100), async ({ id }, running) => {
        attempts += 1;
        if (attempts === 1) throw new Failure({ kind: "ambiguous" });
        if (attempts === 2) throw new Failure({ kind: "unreachable" });
        running.settle({ requests: 1, tokens: 1 });
        return id;
      }),
    );
    await clock.advance(1);

    expect(await call).toHaveProperty("value");
  });

  it("is never made again when it is wrong", async () => {
    const { run, answers, clock, sent } = world(east);
    for (const { id } of east) answers.set(id, { kind: "invalid" });
    const call = run();
    await clock.advance(1);

    expect(await call).toMatchObject({ error: { message: "invalid" } });
    expect(sent).toHaveLength(1);
  });
});

describe("a call that may have been billed", () => {
  it("is reported as possibly billed twice when it was made again", async () => {
    const { run, answers, clock, events } = world([...east]);
    answers.set(east[0]?.id ?? "", { kind: "ambiguous" });
    const calls = Array.from({ length: 20 }, run);
    await clock.advance(5_000);
    await Promise.all(calls);

    const ends = events.filter((event) => event.kind === "call-end");
    for (const { attempts, outcome, possiblyBilledTwice } of ends) {
      expect([outcome, possiblyBilledTwice]).toEqual(["ok", attempts > 1]);
    }
    expect(ends.some(({ possiblyBilledTwice }) => possiblyBilledTwice)).toBe(true);
  });

  it("is not made again when that is switched off, and the caller sees the fault itself", async () => {
    const { run, answers, clock, sent } = world(east, { ambiguousRetries: 0 });
    for (const { id } of east) answers.set(id, { kind: "ambiguous" });
    const call = run();
    await clock.advance(1);

    expect(await call).toMatchObject({ error: { message: "ambiguous" } });
    expect(sent).toHaveLength(1);
  });

  it("shows the fault itself, and not a full book, when there is no room to make it again", async () => {
    const { run, answers, clock, router, request } = world(east, { limit: 1_000, router: { maxWaitMs: 0 } });
    answers.set(east[0]?.id ?? "", { kind: "ambiguous" });
    void outcome(
      router.run({ ...request(100), candidates: request(100).candidates.slice(1) }, () => clock.sleep(600_000)),
    );
    await clock.advance(1);
    const call = run();
    await clock.advance(1);

    expect(await call).toMatchObject({ error: { message: "ambiguous" } });
  });

  it("adds no more attempts than the budget when everything fails", async () => {
    const { run, answers, clock, sent } = world([...east, ...west]);
    for (const { id } of [...east, ...west]) answers.set(id, { kind: "ambiguous" });
    const calls = Array.from({ length: 200 }, run);
    await clock.advance(1);
    await Promise.all(calls);

    expect(sent.length).toBeLessThanOrEqual(200 * 1.2 + 10);
  });
});

describe("a call whose attempt took longer than it may wait", () => {
  it("goes on where there is room", async () => {
    const { router, request, clock } = world(east, { router: { maxWaitMs: 1_000 } });
    let attempts = 0;
    const call = outcome(
      router.run(request(100), async ({ id }, running) => {
        attempts += 1;
        if (attempts > 1) {
          running.settle({ requests: 1, tokens: 1 });
          return id;
        }
        await clock.sleep(120_000);
        throw new Failure({ kind: "ambiguous" });
      }),
    );
    await clock.advance(120_000);

    expect(await call).toHaveProperty("value");
  });

  it.each([
    ["waits for room as long as it may, from when nothing came", 80_000, "value"],
    ["waits no longer than that", 110_000, "error"],
  ])("%s", async (_, takenAtMs, end) => {
    const policy: FailoverPolicy = { next: ({ target }) => ({ kind: "retry", exclude: [target] }) };
    const { router, request, clock } = routedWorld(east, { limit: 1_000, policy });
    const sent: string[] = [];
    const call = outcome(
      router.run(request(100), async ({ id }, running) => {
        sent.push(id);
        if (sent.length > 1) {
          running.settle({ requests: 1, tokens: 1 });
          return id;
        }
        await clock.sleep(120_000);
        throw new Failure({ kind: "ambiguous" });
      }),
    );
    await clock.advance(takenAtMs);
    const candidates = request(1_000).candidates.slice(1); // all its room for a minute
    void outcome(
      router.run({ ...request(1_000), candidates }, async (_target, running) =>
        running.settle({ requests: 1, tokens: 1_000 }),
      ),
    );
    await clock.advance(240_000 - takenAtMs);

    expect(await call).toHaveProperty(end);
  });
});

it("does not go round for ever past its waiting time when each attempt gives its room back", async () => {
  const { router, request, clock } = world(east, { router: { maxWaitMs: 1_000 } });
  let attempts = 0;
  void outcome(
    router.run(request(100), async () => {
      attempts += 1;
      await clock.sleep(100);
      throw new NotSentError(new Failure({ kind: "throttled", scope: "unknown" }));
    }),
  );
  await clock.advance(60_000);

  // One every 100 ms while it may wait, and then at most one more at each target.
  expect(attempts).toBeLessThanOrEqual(11 + east.length);
});

describe("a scope that failed", () => {
  it("is left alone, tried by one call, and comes back", async () => {
    const { run, answers, clock, sent, changes } = world(east, { limit: 60_000_000 });
    const [bad] = east;
    answers.set(bad?.id ?? "", { kind: "account-failed" });
    const everySecond = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 1) {
        for (let call = 0; call < 10; call += 1) void run();
        await clock.advance(1_000);
      }
    };
    await everySecond(61);
    const toBad = (fromMs: number, toMs: number) =>
      sent.filter(({ id, atMs }) => id === bad?.id && atMs >= fromMs && atMs < toMs).length;
    // The calls that were chosen together with the first, then nobody, then one that tries.
    expect([toBad(1_000, 60_000), toBad(60_000, 61_000)]).toEqual([0, 1]);

    answers.clear();
    await everySecond(300);

    expect(toBad(61_000, 180_000)).toBe(0);
    expect(toBad(180_000, 181_000)).toBe(1);
    const [first, last] = [toBad(181_000, 186_000), toBad(340_000, 345_000)];
    expect(first).toBeLessThan(last);
    expect(last).toBeGreaterThan(15);
    expect(changes().map(({ state, scope }) => `${state} ${scope}`)).toEqual([
      "blocked account aaaaaaaaaaaa",
      "probing account aaaaaaaaaaaa",
      "blocked account aaaaaaaaaaaa",
      "probing account aaaaaaaaaaaa",
      "recovering account aaaaaaaaaaaa",
    ]);
  });

  it("is not given up by a call that holds no place elsewhere: it comes back when it may, and once", async () => {
    const [near, full] = east as [Target, Target];
    const { run, answers, clock, sent, ledger } = world([near, full], { limit: 60_000 });
    await ledger.reserve([{ target: full, cost: { requests: 1, tokens: 60_000 } }]);
    answers.set(near.id, { kind: "unreachable" });
    const calls = [run(), run()];
    await clock.advance(500);
    answers.delete(near.id);
    await clock.advance(5_000);

    expect(await Promise.all(calls)).toEqual([{ value: near.id }, { value: near.id }]);
    expect(sent.slice(0, 3).map(({ atMs }) => atMs)).toEqual([0, 0, 1_000]);
    expect(sent.map(({ id }) => id)).toEqual(Array.from({ length: 4 }, () => near.id));
  });

  it("is tried by one call only when many wait for it, and the others go when that one was served", async () => {
    const [only] = east;
    const { run, answers, clock, sent } = world([only as Target], { takesMs: 300 });
    answers.set(only?.id ?? "", { kind: "unreachable" });
    const first = run();
    await clock.advance(0);
    answers.clear();
    const calls = [first, ...Array.from({ length: 20 }, run)];
    await clock.advance(999);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent).toHaveLength(2);
    await clock.advance(300);
    expect(sent).toHaveLength(22);
    await clock.advance(300);

    expect((await Promise.all(calls)).every((end) => "value" in end)).toBe(true);
  });

  it("shows in explain, with its reason and how long it lasts", async () => {
    const { run, answers, clock, router, request } = world(east);
    answers.set(east[0]?.id ?? "", { kind: "account-failed" });
    for (let call = 0; call < 10; call += 1) void run();
    await clock.advance(10_000);

    expect(router.explain(request(100)).map(({ rank, reason }) => [rank, reason])).toEqual([
      [1, "has room now"],
      [undefined, "account aaaaaaaaaaaa: its role could not be assumed, for 50000 ms more"],
    ]);
  });
});

describe("soft ejection", () => {
  it("takes a Region that browns out below a twentieth of the traffic within ten seconds", async () => {
    const { router, request, clock } = world([...east, ...west], { limit: 60_000_000, retryBudget: { share: 1 } });
    const sent: { readonly region: string; readonly atMs: number }[] = [];
    let calls = 0;
    for (let ms = 0; ms < 20_000; ms += 50) {
      void outcome(
        router.run(request(100), async ({ region }, running) => {
          sent.push({ region, atMs: ms });
          calls += 1;
          if (region === "us-east-1" && calls % 3 === 0) throw new Failure({ kind: "ambiguous" });
          running.settle({ requests: 1, tokens: 1 });
        }),
      );
      await clock.advance(50);
    }
    const late = sent.filter(({ atMs }) => atMs >= 10_000);

    expect(late.filter(({ region }) => region === "us-east-1").length / late.length).toBeLessThan(0.05);
  });

  it("shows in explain, with its reason and how long it lasts", async () => {
    const [bad, ...others] = [...east, ...west] as [Target, ...Target[]];
    const { run, answers, clock, router, request } = world([bad, ...others], { retryBudget: { share: 1 } });
    answers.set(bad.id, { kind: "ambiguous" });
    for (let call = 0; call < 200; call += 1) {
      void run();
      await clock.advance(50);
    }
    const rows = router.explain(request(100));

    expect(rows.map(({ rank }) => rank)).toEqual([1, 2, 3, undefined]);
    expect(rows.at(-1)).toMatchObject({
      target: { id: bad.id },
      reason: expect.stringMatching(new RegExp(`^${bad.id}: .*, for [1-9]\\d* ms more$`)),
    });
  });

  it("counts for nothing when most of what could serve is ejected: all go on being tried", async () => {
    const { run, answers, clock, sent } = world([...east, ...west], { ambiguousRetries: 0 });
    for (const { id } of [...east, ...west]) answers.set(id, { kind: "ambiguous" });
    for (let call = 0; call < 100; call += 1) {
      void run();
      await clock.advance(10);
    }
    expect(sent).toHaveLength(100);
    answers.clear();
    const call = run();
    await clock.advance(1_000);

    expect(await call).toHaveProperty("value");
  });

  it("overrides nothing hard: not in the worst panic does a call go to an account whose role failed", async () => {
    const { run, answers, clock, sent } = world([...east, ...west], { ambiguousRetries: 0 });
    for (const { id, accountId } of [...east, ...west]) {
      answers.set(id, { kind: accountId.startsWith("a") ? "account-failed" : "ambiguous" });
    }
    for (let call = 0; call < 200; call += 1) {
      void run();
      await clock.advance(10);
    }

    expect(sent.filter(({ id, atMs }) => id.startsWith("a") && atMs > 500)).toEqual([]);
  });
});

it("warns once of an error nobody has heard of", async () => {
  const { run, answers, clock, events } = world(east, { ambiguousRetries: 0 });
  for (const { id } of east) answers.set(id, { kind: "ambiguous", isUnknown: true });
  for (let call = 0; call < 5; call += 1) void run();
  await clock.advance(1);

  expect(events.flatMap((event) => (event.kind === "warning" ? [event.code] : []))).toHaveLength(1);
});

it.each([
  [{ ambiguousRetries: -1 }, /ambiguousRetries must be a whole number from 0 up, got -1/],
  [{ ambiguousRetries: 0.5 }, /ambiguousRetries/],
  [{ retryBudget: { share: 2 } }, /retryBudget.share/],
])("refuses %j", (options, message) => {
  expect(() => failover(options)).toThrow(message);
});
