import {
  type Ledger,
  MemoryLedger,
  MemoryLimits,
  NoCapacityError,
  NoEligibleTargetError,
  NotSentError,
  RequestTooLargeError,
} from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { accountTarget, Failure, outcome, routedWorld } from "./routed-world.ts";

const burst = 6_000;

describe("choosing", () => {
  it("sends a call to the target that has room", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a"), accountTarget("b")]);
    const calls = [1, 2].map(() => outcome(router.run(request(burst), serve())));
    await clock.advance(1_000);

    const ids = (await Promise.all(calls)).map((one) => ("value" in one ? one.value : one.error));

    expect(new Set(ids)).toEqual(new Set(["a", "b"]));
  });

  it.each([
    [1, 1],
    [1, 3],
    [3, 1],
  ])("fills accounts of weights %d and %d by their weights while there is room", async (one, other) => {
    const targets = [accountTarget("a", { weight: one }), accountTarget("b", { weight: other })];
    const { router, request, clock } = routedWorld(targets, { limit: 6_000_000 });
    const served = { a: 0, b: 0 };
    for (let call = 0; call < 400; call += 1) {
      void outcome(
        router.run(request(2_000), async (target) => {
          served[target.id as "a" | "b"] += 1;
          await clock.sleep(60_000);
        }),
      );
    }
    await clock.advance(1);

    // A weighs its slack: both stop where slack × weight is equal, so the heavier has less slack left.
    expect(Math.sign(served.a - served.b)).toBe(Math.sign(one - other));
  });

  it("gives equal targets equal shares over many draws", async () => {
    const targets = ["a", "b", "c", "d"].map((letter) => accountTarget(letter));
    const { router, request } = routedWorld(targets, { limit: 1e15 });
    const served = new Map<string, number>();
    for (let call = 0; call < 4_000; call += 1) {
      const id = await router.run(request(1), async (target, running) => {
        running.settle({ requests: 1, tokens: 0 });
        return target.id;
      });
      served.set(id, (served.get(id) ?? 0) + 1);
    }

    for (const count of served.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });

  it.each([
    ["drained", accountTarget("d"), {}, "account dddddddddddd is drained: being rebuilt"],
    [
      "outside residency",
      accountTarget("a", { destinationRegions: ["us-east-1", "eu-west-1"] }),
      { allowedRegions: ["us-east-1"] },
      "eu-west-1",
    ],
    [
      "of unknown destinations",
      accountTarget("a", { destinationRegions: undefined }),
      { allowedRegions: ["us-east-1"] },
      "unknown",
    ],
    [
      "of another account than the call is pinned to",
      accountTarget("a"),
      { pin: { accountId: "bbbbbbbbbbbb", by: "a guardrail" } },
      "bound to account bbbbbbbbbbbb by a guardrail",
    ],
  ])("never sends to a target that is %s", async (_, target, change, reason) => {
    const { router, request } = routedWorld([target], { drained: new Map([["dddddddddddd", "being rebuilt"]]) });
    let sent = 0;

    const result = await outcome(router.run(request(1, change), async () => (sent += 1)));

    expect(sent).toBe(0);
    expect(result).toMatchObject({ error: { code: "no-eligible-target", reasons: [expect.stringContaining(reason)] } });
    expect("error" in result && result.error).toBeInstanceOf(NoEligibleTargetError);
  });

  it("lets a call narrow the router's residency, never widen it", async () => {
    const { router, request } = routedWorld(
      [accountTarget("a", { region: "eu-west-1", destinationRegions: ["eu-west-1"] })],
      {
        allowedRegions: ["us-east-1"],
      },
    );

    const result = await outcome(router.run(request(1, { allowedRegions: ["eu-west-1"] }), async () => "sent"));

    expect(result).toMatchObject({ error: { code: "no-eligible-target" } });
  });

  it("never sends to an account whose quota is 0", async () => {
    const { router, request, limits } = routedWorld([accountTarget("a")]);
    limits.set("a/tokens", 0, "config");

    const result = await outcome(router.run(request(1), async () => "sent"));

    expect(result).toMatchObject({ error: { reasons: [expect.stringContaining("on hold")] } });
  });

  it("refuses at once a call that no quota can ever carry, and says the sizes", async () => {
    const { router, request } = routedWorld([accountTarget("a")]);

    const result = await outcome(router.run(request(60_001), async () => "sent"));

    expect(result).toMatchObject({
      error: { code: "request-too-large", needed: 60_001, largest: 60_000, unit: "tokens" },
    });
    expect("error" in result && result.error).toBeInstanceOf(RequestTooLargeError);
  });

  it("explains every candidate without booking anything", async () => {
    const targets = [accountTarget("a"), accountTarget("b"), accountTarget("c")];
    const { router, request, serve } = routedWorld(targets, { drained: new Map([["cccccccccccc", undefined]]) });
    void outcome(router.run(request(burst), serve()));

    const first = router.explain(request(1_970));
    const again = router.explain(request(1_970));

    expect(router.explain(request(60_001))[0]).toMatchObject({
      rank: undefined,
      reason: expect.stringContaining("60001"),
    });
    expect(first.map(({ rank }) => rank)).toEqual([1, 2, undefined]);
    expect(first[0]).toMatchObject({ reason: "has room now", headroom: 1 });
    expect(first[1]).toMatchObject({ reason: expect.stringMatching(/^has room in 1\d\d\d ms$/), headroom: 0 });
    expect(first[2]).toMatchObject({ reason: "account cccccccccccc is drained" });
    expect(again).toEqual(first);
  });
});

describe("waiting", () => {
  it("waits its turn, first come first served, and starts when it fits", async () => {
    const { router, request, serve, started, clock } = routedWorld([accountTarget("a")]);
    for (const name of ["first", "second", "third", "fourth"])
      void outcome(router.run(request(burst), keep(serve(name))));
    await clock.advance(17_999);
    const soon = [...started];
    await clock.advance(100);

    expect(soon).toEqual(["first", "second", "third"]);
    expect(started).toEqual(["first", "second", "third", "fourth"]);
  });

  it("lets a higher priority go first", async () => {
    const { router, request, serve, started, clock } = routedWorld([accountTarget("a")]);
    for (const [name, priority] of [
      ["first", 0],
      ["low", -1],
      ["normal", 0],
      ["high", 5],
    ] as const) {
      void outcome(router.run(request(burst, { priority }), serve(name)));
    }
    await clock.advance(60_000);

    expect(started).toEqual(["first", "high", "normal", "low"]);
  });

  it("starts a waiting call the moment another gives back", async () => {
    const { router, request, serve, started, clock } = routedWorld([accountTarget("a")]);
    void outcome(router.run(request(burst), serve("first")));
    void outcome(router.run(request(burst), serve("second")));
    await clock.advance(999);
    const before = [...started];
    await clock.advance(1);

    expect(before).toEqual(["first"]);
    expect(started).toEqual(["first", "second"]);
  });

  it("does not let one model's waiting call hold up another's", async () => {
    const [one, other] = [accountTarget("a"), accountTarget("b")];
    const { router, request, serve, started, clock } = routedWorld([one, other]);
    const to = (target: typeof one, tokens: number) => ({
      candidates: [{ target, cost: { tokens } }],
      pool: target.id,
    });
    void outcome(router.run(request(0, to(one, burst)), keep(serve("a1"))));
    void outcome(router.run(request(0, to(one, burst)), keep(serve("a2"))));
    void outcome(router.run(request(0, to(other, 100)), keep(serve("b1"))));
    await clock.advance(1);

    expect(started).toEqual(["a1", "b1"]);
  });

  it("lets nobody overtake a waiting call on the targets it waits for", async () => {
    const target = accountTarget("a");
    const { router, request, serve, started, clock } = routedWorld([target]);
    void outcome(router.run(request(burst), keep(serve("first"))));
    void outcome(router.run(request(burst), keep(serve("large"))));
    await clock.advance(3_000);
    void outcome(router.run(request(10, { pool: "another name" }), keep(serve("small"))));
    await clock.advance(2_000);
    const meanwhile = [...started];
    await clock.advance(2_000);

    expect(meanwhile).toEqual(["first"]);
    expect(started).toEqual(["first", "large", "small"]);
  });

  it("refuses at once when the deadline cannot be met, and says how long it would take", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
    void outcome(router.run(request(burst), keep(serve())));

    const result = await outcome(router.run(request(burst, { maxWaitMs: 5_000 }), serve()));

    expect("error" in result && result.error).toBeInstanceOf(NoCapacityError);
    expect(result).toMatchObject({ error: { code: "no-capacity", isEstimated: false } });
    expect("error" in result && (result.error as NoCapacityError).retryAfterMs).toBeCloseTo(6_000, -1);
    expect(clock.monotonicMs()).toBe(0);
  });

  it("counts the work of those ahead into the time it tells", async () => {
    const { router, request, serve } = routedWorld([accountTarget("a")]);
    for (let call = 0; call < 4; call += 1) void outcome(router.run(request(burst), keep(serve())));

    const result = await outcome(router.run(request(burst, { maxWaitMs: 10_000 }), serve()));

    const { retryAfterMs } = (result as { error: NoCapacityError }).error;
    expect(retryAfterMs).toBeGreaterThan(17_000);
    expect(retryAfterMs).toBeLessThan(25_000);
  });

  it("forgets the work of those who have left", async () => {
    const bounds = { maxInFlight: 9, maxQueued: 9, maxQueuedBytes: 1_600 };
    const { router, request, serve, clock } = routedWorld([accountTarget("a")], { bounds });
    const call = () => outcome(router.run(request(burst, { bytes: 400, maxWaitMs: 25_000 }), keep(serve())));
    for (let waiting = 0; waiting < 4; waiting += 1) void call();
    await clock.advance(60_000);

    void call();
    const later = outcome(router.run(request(burst, { bytes: 1_600, maxWaitMs: 7_000 }), serve()));
    await clock.advance(8_000);

    expect(await later).toEqual({ value: "a" });
  });

  it("learns from ended calls how much of a hold they take, and tells shorter times", async () => {
    const told = async (before: number): Promise<number> => {
      const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
      for (let call = 0; call < before; call += 1) {
        void outcome(router.run(request(100), serve())); // uses nothing of what it holds
        await clock.advance(2_000);
      }
      for (let call = 0; call < 4; call += 1) void outcome(router.run(request(burst), keep(serve())));
      const result = await outcome(router.run(request(burst, { maxWaitMs: 6_500 }), serve()));
      return (result as { error: NoCapacityError }).error.retryAfterMs;
    };

    expect(await told(50)).toBeLessThan((await told(0)) * 0.6);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -5])(
    "still tells a time after a call said it took %d tokens",
    async (tokens) => {
      const { router, request, serve } = routedWorld([accountTarget("a")]);
      await router.run(request(100), async (_target, attempt) => attempt.settle({ requests: 1, tokens }));
      for (let call = 0; call < 4; call += 1) void outcome(router.run(request(burst), keep(serve())));

      const result = await outcome(router.run(request(burst, { maxWaitMs: 6_500 }), serve()));

      const { retryAfterMs } = (result as { error: NoCapacityError }).error;
      expect(retryAfterMs).toBeGreaterThan(17_000);
      expect(retryAfterMs).toBeLessThan(25_000);
    },
  );

  it("gives up at its deadline when the forecast was wrong", async () => {
    const { router, request, serve, clock, limits } = routedWorld([accountTarget("a")]);
    void outcome(router.run(request(burst), keep(serve())));
    const waiting = outcome(router.run(request(burst, { maxWaitMs: 7_000 }), serve()));
    await clock.advance(1_000);
    limits.set("a/tokens", 6_000, "config");
    await clock.advance(6_000);

    expect(await waiting).toMatchObject({ error: { code: "no-capacity" } });
    expect(router.load.queued).toBe(0);
  });

  it("leaves the line in the same tick when its caller aborts", async () => {
    const { router, request, serve, started, clock } = routedWorld([accountTarget("a")]);
    const caller = new AbortController();
    void outcome(router.run(request(burst), keep(serve("first"))));
    const waiting = outcome(router.run(request(burst, { signal: caller.signal }), serve("aborted")));
    await clock.advance(1);
    const before = router.load.queued;

    caller.abort(new Error("enough"));

    expect([before, router.load.queued]).toEqual([1, 0]);
    expect(await waiting).toMatchObject({ error: { message: "enough" } });
    await clock.advance(60_000);
    expect(started).toEqual(["first"]);
  });

  it("does not start a call that was aborted before", async () => {
    const { router, request, serve, started } = routedWorld([accountTarget("a")]);

    const result = await outcome(router.run(request(1, { signal: AbortSignal.abort(new Error("enough")) }), serve()));

    expect(result).toMatchObject({ error: { message: "enough" } });
    expect(started).toEqual([]);
  });

  it.each([
    ["calls", { maxInFlight: 9, maxQueued: 2, maxQueuedBytes: 1_000 }, 1],
    ["bytes", { maxInFlight: 9, maxQueued: 9, maxQueuedBytes: 1_000 }, 500],
  ])("is bounded in %s", async (_, bounds, bytes) => {
    const { router, request, serve } = routedWorld([accountTarget("a")], { bounds });
    for (let call = 0; call < 3; call += 1) void outcome(router.run(request(burst, { bytes }), keep(serve())));

    const result = await outcome(router.run(request(burst, { bytes }), serve()));

    expect(result).toMatchObject({
      error: { code: "no-capacity", message: expect.stringContaining("waiting room full") },
    });
    expect(router.load.queued).toBe(2);
  });

  it("keeps no more calls in flight than the bound", async () => {
    const bounds = { maxInFlight: 2, maxQueued: 10, maxQueuedBytes: 1_000 };
    const { router, request, serve, clock } = routedWorld([accountTarget("a")], { bounds });
    for (let call = 0; call < 5; call += 1) void outcome(router.run(request(1), serve()));
    await clock.advance(500);
    const early = { ...router.load };
    await clock.advance(3_000);

    expect(early).toEqual({ queued: 3, inFlight: 2 });
    expect(router.load).toEqual({ queued: 0, inFlight: 0 });
  });

  it("ends all waiting when it closes, and takes no more calls", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
    const running = outcome(router.run(request(burst), serve()));
    const waiting = outcome(router.run(request(burst), serve()));

    router.close();
    await clock.advance(1_000);

    expect(await waiting).toMatchObject({ error: { code: "closed" } });
    expect(await running).toEqual({ value: "a" });
    expect(await outcome(router.run(request(1), serve()))).toMatchObject({ error: { code: "closed" } });
  });
});

describe("races and storms", () => {
  it("leaves nothing booked, whenever between two steps a caller aborts", async () => {
    for (let steps = 0; steps < 12; steps += 1) {
      const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
      const caller = new AbortController();
      let release = (): void => {};
      void outcome(
        router.run(request(burst), async (_, call) => {
          await new Promise<void>((resolve) => (release = resolve));
          call.settle({ requests: 1, tokens: 0 });
        }),
      );
      const seen: boolean[] = [];
      const waiting = outcome(
        router.run(request(burst, { signal: caller.signal }), async (target, call) => {
          seen.push(call.signal.aborted);
          return serve()(target, call);
        }),
      );
      await clock.advance(1);

      release();
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      caller.abort(new Error("enough"));
      await clock.advance(2_000);

      await waiting;
      expect(router.load, `aborted after ${steps} steps`).toEqual({ queued: 0, inFlight: 0 });
      expect(seen, `sent after it was aborted, at ${steps} steps`).not.toContain(true);
    }
  });

  it("holds no place for a book or a transport that fails", async () => {
    const broken = routedWorld([accountTarget("a")], { ledger: failingLedger() });
    const result = await outcome(broken.router.run(broken.request(1), broken.serve()));

    expect(result).toMatchObject({ error: { message: "the book is lost" } });
    expect(broken.router.load.inFlight).toBe(0);
  });

  it("ends the reservation of an attempt that forgot to, and keeps its hold", async () => {
    const { router, request, events } = routedWorld([accountTarget("a")]);

    await router.run(request(970), async () => "done");

    expect(events[0]).toMatchObject({ kind: "attempt-end", booking: "kept" });
    expect(router.load.inFlight).toBe(0);
  });

  it("ends the reservation of an attempt whose error nobody can read, and keeps its hold", async () => {
    const classify = (): never => {
      throw new Error("unreadable");
    };
    const { router, request, events } = routedWorld([accountTarget("a")], { classify });
    const odd = new Error("odd");

    expect(await outcome(router.run(request(970), () => Promise.reject(odd)))).toEqual({ error: odd });
    expect(events[0]).toMatchObject({ kind: "attempt-end", booking: "kept" });
    expect(router.load.inFlight).toBe(0);
  });

  it.each([
    ["without a signal", undefined],
    ["of one signal", new AbortController().signal],
  ])("warns of no leak when many calls %s wait and are under way", async (_which, signal) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
    const one = (tokens: number) => outcome(router.run(request(tokens, signal && { signal }), serve()));
    const calls = [...Array.from({ length: 20 }, () => one(1)), ...Array.from({ length: 20 }, () => one(970))];
    await clock.advance(60_000);
    await Promise.all(calls);
    await new Promise((resolve) => setImmediate(resolve)); // Node tells of warnings in a turn of their own
    process.off("warning", onWarning);

    expect(warnings).toEqual([]);
  });

  it("does not storm AWS when it refuses for a quota the book does not have", async () => {
    const { router, request, clock } = routedWorld([accountTarget("a")]);
    let attempts = 0;
    const call = outcome(
      router.run(request(10), async () => {
        attempts += 1;
        await clock.sleep(50);
        throw new Failure({ kind: "throttled", scope: "requests-per-minute" });
      }),
    );
    await clock.advance(60_000);

    expect(await call).toMatchObject({ error: { code: "no-capacity" } });
    expect(attempts).toBeLessThan(12);
  });

  it("wakes a waiting call when a block ends", async () => {
    const [a, b] = [accountTarget("a"), accountTarget("b")];
    const { router, request, started, serve, clock } = routedWorld([a, b]);
    const only = (target: typeof a) => ({ candidates: [{ target, cost: { tokens: burst } }] });
    void outcome(router.run(request(0, only(b)), keep(serve("fills b"))));
    await outcome(router.run(request(0, only(a)), () => Promise.reject(new Failure({ kind: "unreachable" }))));
    void outcome(router.run(request(burst), serve("waits for either")));
    await clock.advance(990);
    const before = [...started];
    await clock.advance(20);

    expect(before).toEqual(["fills b"]);
    expect(started).toEqual(["fills b", "waits for either"]);
  });

  it("waits for the only target while that is blocked for a moment, and says why when it is for long", async () => {
    const { router, request, started, serve, clock } = routedWorld([accountTarget("a")]);
    await outcome(router.run(request(1), () => Promise.reject(new Failure({ kind: "unreachable" }))));

    const waiting = outcome(router.run(request(1), serve("later")));
    const hasty = await outcome(router.run(request(1, { maxWaitMs: 500 }), serve("hasty")));
    await clock.advance(2_500);

    expect(hasty).toMatchObject({
      error: { code: "no-eligible-target", reasons: [expect.stringContaining("1000 ms more")] },
    });
    expect(await waiting).toEqual({ value: "a" });
    expect(started).toEqual(["later"]);
  });

  it("lets no other model's name overtake on a quota that both share", async () => {
    const [one, other] = [accountTarget("a"), accountTarget("a", { id: "the same by another name" })];
    const { router, request, started, serve, clock } = routedWorld([one, other]);
    const by = (target: typeof one, tokens: number) => ({
      candidates: [{ target, cost: { tokens } }],
      pool: target.id,
    });
    void outcome(router.run(request(0, by(one, burst)), keep(serve("first"))));
    void outcome(router.run(request(0, by(one, burst)), keep(serve("large"))));
    await clock.advance(3_000);
    void outcome(router.run(request(0, by(other, 10)), keep(serve("small"))));
    await clock.advance(2_000);

    expect(started).toEqual(["first"]);
  });

  it("counts a target's tightest quota, and only its own, when it tells a time", async () => {
    const requests = { key: "slow/requests", unit: "requests", windowMs: 60_000 } as const;
    const slow = accountTarget("a", { quotas: [...accountTarget("a").quotas, requests] });
    const { router, request, serve, limits, clock } = routedWorld([slow, accountTarget("b")], { limit: 6_000_000 });
    limits.set("slow/requests", 2, "config");
    const calls = Array.from({ length: 60 }, () => outcome(router.run(request(40_000), serve())));
    await clock.advance(30_000);

    expect((await Promise.all(calls)).filter((result) => "error" in result)).toEqual([]);
  });
});

/** A book that cannot be reached. */
function failingLedger(): Ledger {
  return {
    startsInMs: () => 0,
    quote: () => ({ startsInMs: 0, headroom: 1, isEstimated: false }),
    settledByMinute: () => new Map(),
    snapshot: () => [],
    onGiveBack: () => ({ [Symbol.dispose]: () => {} }),
    reserve: () => Promise.reject(new Error("the book is lost")),
  };
}

describe("a book that is somewhere else", () => {
  /** Answers after 50 ms, as one over a network does, and may refuse what it had quoted. */
  function remote(book: MemoryLedger, clock: VirtualClock, refusals: number): Ledger {
    let refused = 0;
    return {
      startsInMs: (candidate, nowMs) => book.startsInMs(candidate, nowMs),
      quote: (candidate, nowMs) => book.quote(candidate, nowMs),
      settledByMinute: (key) => book.settledByMinute(key),
      snapshot: (nowMs) => book.snapshot(nowMs),
      onGiveBack: (listener) => book.onGiveBack(listener),
      async reserve(candidates) {
        await clock.sleep(50);
        if (refused++ >= refusals) return book.reserve(candidates);
        const short = candidates[0]?.target.quotas[0];
        if (short === undefined) throw new RangeError("no quota");
        return { kind: "refused", short, retryAfterMs: 10, isEstimated: false };
      },
    };
  }

  function remoteWorld(refusals: number) {
    const clock = new VirtualClock();
    const limits = new MemoryLimits();
    limits.set("a/tokens", 60_000, "config");
    const ledger = remote(new MemoryLedger({ limits, clock }), clock, refusals);
    return { ...routedWorld([accountTarget("a")], { ledger, clock, limits }), clock };
  }

  it("gets another try when it refuses what it had quoted", async () => {
    const { router, request, started, serve, clock } = remoteWorld(2);
    void outcome(router.run(request(970), serve("call")));
    await clock.advance(1_000);

    expect(started).toEqual(["call"]);
  });

  it("gets back a grant that came after its caller had given up", async () => {
    const { router, request, started, serve, clock } = remoteWorld(1);
    const caller = new AbortController();
    const call = outcome(router.run(request(970, { signal: caller.signal }), serve("call")));
    await clock.advance(75);

    caller.abort(new Error("enough"));
    await clock.advance(1_000);

    expect(await call).toMatchObject({ error: { message: "enough" } });
    expect(started).toEqual([]);
    expect(router.load).toEqual({ queued: 0, inFlight: 0 });
    expect(router.explain(request(970))[0]).toMatchObject({ headroom: 1 });
  });

  it("gets back a grant that came after the deadline", async () => {
    const { router, request, started, serve, clock } = remoteWorld(1);
    const call = outcome(router.run(request(970, { maxWaitMs: 80 }), serve("call")));
    await clock.advance(1_000);

    expect(await call).toMatchObject({ error: { code: "no-capacity" } });
    expect(started).toEqual([]);
    expect(router.load).toEqual({ queued: 0, inFlight: 0 });
    expect(router.explain(request(970))[0]).toMatchObject({ headroom: 1 });
  });
});

describe("failing over", () => {
  it.each([
    ["throttled", { kind: "throttled", scope: "tokens-per-minute" }, "throttled"],
    ["denied the role", { kind: "account-failed" }, "released"],
    ["denied the model", { kind: "target-denied" }, "released"],
    ["unreachable", { kind: "unreachable" }, "released"],
  ] as const)("moves a call on when it was %s", async (_, verdict, booking) => {
    const { router, request, events } = routedWorld([accountTarget("a"), accountTarget("b")]);
    const tried: string[] = [];

    const id = await router.run(request(970), async (target, call) => {
      tried.push(target.id);
      if (tried.length === 1) throw new Failure(verdict);
      call.settle({ requests: 1, tokens: 970 });
      return target.id;
    });

    expect(new Set(tried).size).toBe(2);
    expect(id).toBe(tried[1]);
    expect(events).toMatchObject([
      { kind: "attempt-end", attempt: 1, verdict, booking },
      { kind: "attempt-end", attempt: 2, verdict: undefined, booking: "settled" },
      { kind: "call-end", outcome: "ok", attempts: 2 },
    ]);
  });

  it.each([
    ["ambiguous", "kept"],
    ["overloaded", "kept"],
    ["aborted", "kept"],
    ["invalid", "released"],
  ] as const)("stops when the failure is %s, and the hold is %s", async (kind, booking) => {
    const { router, request, events } = routedWorld([accountTarget("a"), accountTarget("b")]);
    let attempts = 0;

    const result = await outcome(
      router.run(request(970), async () => {
        attempts += 1;
        throw new Failure({ kind });
      }),
    );

    expect(attempts).toBe(1);
    expect(result).toMatchObject({ error: { message: kind } });
    expect(events[0]).toMatchObject({ kind: "attempt-end", booking });
  });

  it("gives the hold back when nothing was sent, whatever the failure, and throws its cause", async () => {
    const { router, request, events } = routedWorld([accountTarget("a")]);

    const result = await outcome(
      router.run(request(970), async () => {
        throw new NotSentError(new Failure({ kind: "aborted" }));
      }),
    );

    expect(result).toMatchObject({ error: { message: "aborted" } });
    expect(events[0]).toMatchObject({ booking: "released" });
  });

  it("leaves out an account whose role fails, for longer each time, and the others serve", async () => {
    const { router, request, clock } = routedWorld([accountTarget("a"), accountTarget("b")], { limit: 6_000_000 });
    const tried: string[] = [];
    const call = () =>
      router.run(request(10), async (target, running) => {
        tried.push(target.id);
        if (target.id === "a") throw new Failure({ kind: "account-failed" });
        running.settle({ requests: 1, tokens: 10 });
      });
    const triesOfA = async (): Promise<number> => {
      tried.length = 0;
      for (let index = 0; index < 50; index += 1) await call();
      return tried.filter((id) => id === "a").length;
    };

    expect(await triesOfA()).toBe(1);
    await clock.advance(60_000);
    expect(await triesOfA()).toBe(1);
    await clock.advance(60_000);
    expect(await triesOfA()).toBe(0);
    await clock.advance(60_000);
    expect(await triesOfA()).toBe(1);
  });

  it("leaves out a target that denied two calls in a row, not one that denied a single odd call", async () => {
    const { router, request, clock } = routedWorld([accountTarget("a"), accountTarget("b")], { limit: 6_000_000 });
    const tried: string[] = [];
    const call = (isDenied: boolean) =>
      router.run(request(10), async (target, running) => {
        tried.push(target.id);
        if (isDenied && target.id === "a") throw new Failure({ kind: "target-denied" });
        running.settle({ requests: 1, tokens: 10 });
      });
    const triesOfA = async (isDenied: boolean, calls: number): Promise<number> => {
      tried.length = 0;
      for (let made = 0; made < calls; made += 1) await call(isDenied);
      return tried.filter((id) => id === "a").length;
    };
    while (!tried.includes("a")) await call(true);

    expect(await triesOfA(false, 20)).toBeGreaterThan(0);
    expect(await triesOfA(true, 50)).toBe(2);
    await clock.advance(61_000);
    expect(await triesOfA(false, 50)).toBeGreaterThan(0);
  });

  it("leaves out what a target denies for the denied operation only, and says so", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
    const [streaming, whole] = [{ operation: "ConverseStream" }, { operation: "Converse" }];
    for (let call = 0; call < 2; call += 1) {
      await outcome(router.run(request(1, streaming), () => Promise.reject(new Failure({ kind: "target-denied" }))));
    }
    const call = outcome(router.run(request(1, whole), serve()));
    await clock.advance(1_000);

    expect(await call).toEqual({ value: "a" });
    expect(router.explain(request(1, whole))).toMatchObject([{ rank: 1 }]);
    expect(router.explain(request(1, streaming))).toMatchObject([
      { rank: undefined, reason: expect.stringContaining("a for ConverseStream: AWS denied") },
    ]);
    await outcome(router.run(request(1, streaming), serve("while it is blocked")));
    expect(router.explain(request(1, streaming))).toMatchObject([{ rank: undefined }]);
  });

  it("takes failures of calls that were under way together for one", async () => {
    const { router, request, clock } = routedWorld([accountTarget("a"), accountTarget("b")], { limit: 6_000_000 });
    const tried: string[] = [];
    const call = () =>
      router.run(request(10), async (target, running) => {
        tried.push(target.id);
        await clock.sleep(10);
        if (target.id === "a") throw new Failure({ kind: "account-failed" });
        running.settle({ requests: 1, tokens: 10 });
      });
    for (let under = 0; under < 20; under += 1) void outcome(call());
    await clock.advance(61_000);
    tried.length = 0;
    for (let later = 0; later < 20; later += 1) void outcome(call());
    await clock.advance(100);

    expect(tried).toContain("a");
  });

  it("throws the last failure when every target has failed", async () => {
    const { router, request } = routedWorld([accountTarget("a"), accountTarget("b")]);
    let attempts = 0;

    const result = await outcome(
      router.run(request(1), async () => {
        attempts += 1;
        throw new Failure({ kind: "unreachable" });
      }),
    );

    expect(attempts).toBe(2);
    expect(result).toMatchObject({ error: { message: "unreachable" } });
  });

  it("tries a throttled call until its deadline, and then says what sent it back", async () => {
    const { router, request, clock } = routedWorld([accountTarget("a")]);
    const atMs: number[] = [];

    const waiting = outcome(
      router.run(request(970), async () => {
        atMs.push(clock.monotonicMs());
        throw new Failure({ kind: "throttled", scope: "unknown" });
      }),
    );
    await clock.advance(60_000);

    expect(atMs.length).toBeGreaterThan(1);
    expect(Math.max(...atMs)).toBeLessThanOrEqual(30_000);
    expect(await waiting).toMatchObject({ error: { code: "no-capacity", cause: { message: "throttled" } } });
  });

  it("tries nothing else once content was handed out, and nothing comes back", async () => {
    const { router, request, events } = routedWorld([accountTarget("a"), accountTarget("b")]);
    let attempts = 0;

    await outcome(
      router.run(request(1), async (_, call) => {
        attempts += 1;
        call.commit();
        throw new Failure({ kind: "target-denied" });
      }),
    );

    expect(attempts).toBe(1);
    expect(events[0]).toMatchObject({ booking: "kept" });
  });

  it("ends a reservation once, however the transport ends it", async () => {
    const { router, request, events } = routedWorld([accountTarget("a")]);

    await router.run(request(970), async (_, call) => {
      call.settle({ requests: 1, tokens: 1 });
      call.settle(undefined);
      call.fail(new Error("late"));
    });

    expect(events.filter(({ kind }) => kind === "attempt-end")).toHaveLength(1);
    expect(router.load.inFlight).toBe(0);
  });

  it("is not harmed by a listener that throws", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
    router.onEvent(() => {
      throw new Error("a bad listener");
    });
    const call = outcome(router.run(request(1), serve()));
    await clock.advance(1_000);

    expect(await call).toEqual({ value: "a" });
  });

  it("warns once per code", () => {
    const { router, events } = routedWorld([accountTarget("a")]);

    router.warn("no-max-tokens", "first");
    router.warn("no-max-tokens", "second");

    expect(events).toMatchObject([{ kind: "warning", code: "no-max-tokens", message: "first" }]);
  });
});

/** The same attempt, but AWS keeps the whole hold. */
function keep<A extends (target: never, call: never) => Promise<string>>(attempt: A): A {
  const kept = (target: Parameters<A>[0], call: { settle(actual: undefined): void }) => {
    const settle = call.settle.bind(call);
    return attempt(target, { ...call, settle: () => settle(undefined) } as never);
  };
  return kept as unknown as A;
}
