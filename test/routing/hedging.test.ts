import { MemoryLedger, MemoryLimits, seededRandom, type Target } from "@shardrock/core";
import { failover } from "@shardrock/failover";
import { VirtualClock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { manneredWorld, never } from "./mannered-world.ts";
import { accountTarget } from "./routed-world.ts";

const [a, b] = [accountTarget("a"), accountTarget("b")];
/** Another model id in the account of `a`. */
const alsoA = accountTarget("c", { accountId: a.accountId });

const world = (targets: readonly Target[], options: Parameters<typeof manneredWorld>[1] = {}) =>
  manneredWorld(targets, { hedging: { afterMs: 2_000, share: 1 }, ...options });

describe("a call whose first attempt does not answer", () => {
  it("gets its answer from a second one in another account, and the first is broken off with its booking kept", async () => {
    const { home, run, clock, sent, attempts, calls, router, manners } = world([a, b]);
    await home(a);
    manners.set(a, never);
    const call = run();
    await clock.advance(9_000);

    expect(await call).toEqual({ value: b.id });
    expect(sent.map(({ id }) => id)).toEqual([a.id, b.id]);
    expect((sent[1]?.atMs ?? 0) - (sent[0]?.atMs ?? 0)).toBe(2_000);
    const [won, lost] = attempts();
    expect(lost).toMatchObject({ targetId: a.id, verdict: { kind: "outrun" }, booking: "kept", possiblyBilled: true });
    expect(lost?.settled).toEqual(lost?.reserved);
    expect(won).toMatchObject({ targetId: b.id, decisionReason: "hedge", booking: "settled" });
    expect(calls()).toMatchObject([{ outcome: "ok", attempts: 2, targetId: b.id, possiblyBilledTwice: true }]);
    expect(router.load.inFlight).toBe(0);
  });

  it("keeps the first when that answers after all, and breaks off the second", async () => {
    const { home, run, clock, sent, attempts, calls, router, manners } = world([a, b]);
    await home(a);
    manners.set(a, { afterMs: 2_100 });
    const call = run();
    await clock.advance(9_000);

    expect(await call).toEqual({ value: a.id });
    expect(sent.map(({ id }) => id)).toEqual([a.id, b.id]);
    expect(attempts().map(({ verdict, booking }) => [verdict?.kind, booking])).toEqual([
      [undefined, "settled"],
      ["aborted", "kept"],
    ]);
    expect(calls()).toMatchObject([{ outcome: "ok", targetId: a.id, possiblyBilledTwice: true }]);
    expect(router.load.inFlight).toBe(0);
  });

  it("is a stream's until its first content: then nothing runs beside it, however long it lasts", async () => {
    const { home, run, clock, sent, attempts, calls, manners } = world([a, b]);
    await home(a);
    manners.set(a, { afterMs: 1_000, isStream: true });
    const call = run();
    await clock.advance(90_000);

    expect(await call).toEqual({ value: a.id });
    expect(sent).toHaveLength(1);
    expect([attempts(), calls()]).toEqual([[], []]);
    sent[0]?.call.settle({ requests: 1, tokens: 5 });
    expect(calls()).toMatchObject([{ outcome: "ok", isCommitted: true, attempts: 1 }]);
  });

  it("has one answer when both streams have content in the same instant", async () => {
    const { home, run, clock, sent, attempts, calls, manners } = world([a, b]);
    await home(a);
    manners.set(a, { afterMs: 2_500, isStream: true });
    const call = run();
    manners.set(b, { afterMs: 500, isStream: true });
    await clock.advance(9_000);

    expect(await call).toEqual({ value: a.id });
    expect(attempts().map(({ targetId, verdict }) => [targetId, verdict?.kind])).toEqual([[b.id, "aborted"]]);
    sent[1]?.call.commit(); // too late, and heard by nobody
    sent[0]?.call.settle({ requests: 1, tokens: 5 });
    expect(attempts().map(({ isCommitted }) => isCommitted)).toEqual([false, true]);
    expect(calls()).toHaveLength(1);
  });

  it("moves its affinity key only when the second answers first", async () => {
    const { home, run, clock, sent, manners } = world([a, b]);
    await home(a);
    manners.set(a, { afterMs: 2_100 });
    const kept = run();
    await clock.advance(3_000);
    await kept;
    manners.set(a, never);
    const moved = run();
    await clock.advance(5_000);
    await moved;
    const last = run();
    await clock.advance(5_000);
    await last;

    expect(sent.map(({ id }) => id)).toEqual([a.id, b.id, a.id, b.id, b.id]);
  });

  it("goes on elsewhere when both fail", async () => {
    const third = accountTarget("d");
    const { home, run, clock, sent, manners } = world([a, b, third]);
    await home(a);
    manners.set(a, { afterMs: 3_000, verdict: { kind: "unreachable" } });
    const call = run();
    for (const each of [b, third]) manners.set(each, { afterMs: 1_500, verdict: { kind: "not-ready" } });
    await clock.advance(2_500);
    const second = sent[1]?.id;
    for (const each of [b, third]) if (each.id !== second) manners.delete(each);
    await clock.advance(10_000);

    expect(sent.map(({ id }) => id)).toEqual([a.id, second, second === b.id ? third.id : b.id]);
    expect(await call).toEqual({ value: sent[2]?.id });
  });

  it("is not made a third time when both may have been billed", async () => {
    const third = accountTarget("d");
    const { home, run, clock, sent, manners } = world([a, b, third]);
    await home(a);
    for (const each of [a, b, third]) manners.set(each, { afterMs: 2_500, verdict: { kind: "ambiguous" } });
    const call = run();
    await clock.advance(9_000);

    expect(await call).toMatchObject({ error: { verdict: { kind: "ambiguous" } } });
    expect(sent).toHaveLength(2);
  });

  it.each([
    ["invalid", "failed"],
    ["aborted", "aborted"],
  ] as const)("ends both at once after %s, and says of the call what its caller is told", async (kind, told) => {
    const { home, run, clock, sent, attempts, calls, router, manners } = world([a, b]);
    await home(a);
    manners.set(a, { afterMs: 2_500, verdict: { kind } });
    const call = run();
    manners.set(b, never);
    await clock.advance(3_000);

    expect(await call).toMatchObject({ error: { verdict: { kind } } });
    expect(sent).toHaveLength(2);
    expect(attempts()).toHaveLength(2);
    expect(calls()).toMatchObject([{ outcome: told, targetId: a.id }]);
    expect(router.load.inFlight).toBe(0);
  });

  it("leaves nothing running when its caller gives up", async () => {
    const { run, clock, attempts, calls, manners, router } = world([a, b]);
    for (const each of [a, b]) manners.set(each, never);
    const controller = new AbortController();
    const call = run({ signal: controller.signal });
    await clock.advance(3_000);
    controller.abort();
    await clock.advance(0);

    expect(await call).toMatchObject({ error: { verdict: { kind: "aborted" } } });
    expect(attempts().map(({ verdict }) => verdict?.kind)).toEqual(["aborted", "aborted"]);
    expect(calls()).toMatchObject([{ outcome: "aborted", possiblyBilledTwice: true }]);
    expect(router.load.inFlight).toBe(0);
  });
});

describe("no second attempt is made", () => {
  it("before the time, or when the first has answered", async () => {
    const { home, run, clock, sent, manners } = world([a, b]);
    await home(a);
    manners.set(a, { afterMs: 1_999 });
    const call = run();
    await clock.advance(9_000);
    await call;

    expect(sent).toHaveLength(1);
  });

  it.each([
    ["with no other", [a, alsoA]],
    ["with another one full", [a, alsoA, b]],
  ])("in the same account, %s", async (_others, targets) => {
    const { home, run, clock, sent, ledger, manners } = world(targets);
    await home(a);
    for (const each of targets) manners.set(each, { afterMs: 5_000 });
    const call = run();
    await ledger.reserve([{ target: b, cost: { requests: 1, tokens: 5_500_000 } }]);
    await clock.advance(9_000);
    await call;

    expect(sent).toHaveLength(1);
  });

  it("where less than half of a quota is free, though there is room for the call", async () => {
    const { home, run, clock, sent, ledger, manners, request } = world([a, b]);
    await home(a);
    for (let use = 0; use < 8; use += 1) {
      await ledger.reserve([{ target: b, cost: { requests: 1, tokens: 400_000 } }]);
      await clock.advance(5_000);
    }
    const candidate = request(100).candidates.find(({ target }) => target === b);
    expect(candidate && ledger.quote(candidate, clock.monotonicMs()).startsInMs).toBeLessThanOrEqual(0);
    manners.set(a, { afterMs: 5_000 });
    const call = run();
    await clock.advance(9_000);
    await call;

    expect(sent.map(({ id }) => id)).toEqual([a.id]);
  });

  it("when the first has answered while a shared book was asked for the second's place, which comes back", async () => {
    const clock = new VirtualClock();
    const limits = new MemoryLimits();
    const ledger = new MemoryLedger({ limits, clock });
    for (const { quotas } of [a, b]) for (const { key } of quotas) limits.set(key, 6_000_000, "config");
    let isSlow = false;
    const reserve = ledger.reserve.bind(ledger);
    ledger.reserve = async (candidates) => {
      if (isSlow) await clock.sleep(500);
      return reserve(candidates);
    };
    const { run, sent, manners, router } = world([a, b], { clock, router: { limits, ledger } });
    for (const each of [a, b]) manners.set(each, { afterMs: 2_200 });
    const call = run();
    await clock.advance(1_000);
    isSlow = true;
    await clock.advance(5_000);
    await call;

    expect(sent).toHaveLength(1);
    expect(router.load.inFlight).toBe(0);
    expect(ledger.snapshot(clock.monotonicMs()).map(({ open }) => open)).toEqual([0, 0]);
  });

  it("while others wait", async () => {
    const { run, clock, sent, manners } = world([a, b], {
      router: { bounds: { maxInFlight: 1, maxQueued: 10, maxQueuedBytes: 1_000 } },
    });
    for (const each of [a, b]) manners.set(each, { afterMs: 5_000 });
    const calls = [run(), run()];
    await clock.advance(4_999);

    expect(sent).toHaveLength(1);
    await clock.advance(9_000);
    await Promise.all(calls);
  });

  it.each([
    ["hedges", { hedging: { afterMs: 2_000, share: 0 } }, 1],
    ["retries", { hedging: { afterMs: 2_000, share: 1 }, retryBudget: { share: 0, floor: 2 } }, 2],
  ])("when the budget for %s is used up", async (_which, options, most) => {
    const { run, clock, sent, manners } = world([a, b], options);
    for (const each of [a, b]) manners.set(each, { afterMs: 4_000 });
    const calls = Array.from({ length: 5 }, () => run());
    await clock.advance(10_000);
    await Promise.all(calls);

    expect(sent).toHaveLength(5 + most);
  });

  it("unless it is asked for", async () => {
    expect(failover().policy({ clock: new VirtualClock(), random: seededRandom(1) }).hedge).toBeUndefined();
  });
});

describe("options", () => {
  it.each([
    [{ afterMs: 0 }, /hedging.afterMs must be a finite number above 0, got 0/],
    [{ afterMs: Number.NaN }, /hedging.afterMs/],
    [{ afterMs: 100, share: 2 }, /hedging.share must be a number from 0 to 1, got 2/],
  ])("are refused: %j", (hedging, message) => {
    expect(() => failover({ hedging })).toThrow(message);
  });
});

describe("what is outrun again and again", () => {
  it("is left alone, though no attempt there ever lasts long enough to fail", async () => {
    const { run, clock, sent, manners } = world([a, b], {
      hedging: { afterMs: 600, share: 1 },
      retryBudget: { floor: 1_000 },
    });
    const anywhere = { affinityKey: undefined };
    const warm = Array.from({ length: 40 }, () => run(anywhere));
    await clock.advance(60_000);
    await Promise.all(warm);
    manners.set(a, never);
    sent.length = 0;
    const calls: ReturnType<typeof run>[] = [];
    for (let call = 0; call < 40; call += 1) {
      calls.push(run(anywhere));
      await clock.advance(200);
    }
    await clock.advance(2_000);

    expect((await Promise.all(calls)).every((end) => "value" in end)).toBe(true);
    const tries = sent.filter(({ id }) => id === a.id).map(({ atMs }) => atMs - 60_000);
    expect(tries.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...tries)).toBeLessThan(6_500);
  });
});
