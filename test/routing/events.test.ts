import {
  type AttemptEnd,
  type CallEnd,
  type NoCapacityError,
  NotSentError,
  type RouterEvent,
  ShardrockError,
} from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { accountTarget, Failure, outcome, routedWorld } from "./routed-world.ts";

const burst = 6_000;
const usage = { inputTokens: 10, outputTokens: 20, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };

function endsIn(events: readonly RouterEvent[]): { attempts: AttemptEnd[]; calls: CallEnd[] } {
  return {
    attempts: events.filter((event) => event.kind === "attempt-end"),
    calls: events.filter((event) => event.kind === "call-end"),
  };
}

describe("what the events of a call say", () => {
  it("says who asked for what, where it went, what it took and how long, of an attempt and of its call", async () => {
    const target = accountTarget("a", { profileType: "geo", destinationRegions: ["us-east-1", "us-west-2"] });
    const allowedRegions = ["us-east-1", "us-west-2"];
    const { router, request, events, clock } = routedWorld([target], { allowedRegions, id: "r1", configHash: "c1" });
    const startedAtMs = clock.epochMs();
    const call = outcome(
      router.run(request(970, { operation: "Converse", priority: 3 }), async (_, attempt) => {
        attempt.note({ requestId: "aws-1", roleArn: "arn:aws:iam::1:role/x", credentialsMs: 7 });
        attempt.note({ httpStatus: 200, usage });
        await clock.sleep(40);
        attempt.settle({ requests: 1, tokens: 30 });
      }),
    );
    await clock.advance(100);
    await call;

    const both = {
      schemaVersion: 1,
      routerId: "r1",
      configHash: "c1",
      atMs: startedAtMs + 40,
      callId: 1,
      requestedModel: "claude",
      operation: "Converse",
      isStream: false,
      priority: 3,
      allowedRegions,
      targetId: "a",
      accountId: target.accountId,
      region: target.region,
      endpoint: "runtime",
      modelId: target.modelId,
      profileType: "geo",
      destinationRegions: ["us-east-1", "us-west-2"],
      requestId: "aws-1",
      roleArn: "arn:aws:iam::1:role/x",
      credentialsMs: 7,
      httpStatus: 200,
      usage,
      usageSource: "reported",
      reserved: { requests: 1, tokens: 970 },
      settled: { requests: 1, tokens: 30 },
      possiblyBilled: true,
      isCommitted: false,
      isAborted: false,
      isAffine: false,
      errorCode: undefined,
      waitedMs: 0,
      totalMs: 40,
    };
    const own = {
      attempt: 1,
      decisionReason: "only-target",
      candidatesRejected: [],
      verdict: undefined,
      booking: "settled",
    };
    expect(events).toEqual([
      { kind: "attempt-end", ...both, ...own, errorName: undefined },
      {
        kind: "call-end",
        ...both,
        outcome: "ok",
        attempts: 1,
        possiblyBilledTwice: false,
        errorName: undefined,
        retryAfterMs: undefined,
      },
    ]);
  });

  it("sums up all attempts of a call", async () => {
    const { router, request, events } = routedWorld([accountTarget("a"), accountTarget("b")]);
    let attempts = 0;

    await router.run(request(900), async (_, attempt) => {
      attempts += 1;
      if (attempts === 1) throw new Failure({ kind: "throttled", scope: "unknown" });
      attempt.settle({ requests: 1, tokens: 100 });
    });

    const { calls } = endsIn(events);
    expect(calls).toMatchObject([
      {
        outcome: "ok",
        attempts: 2,
        reserved: { requests: 2, tokens: 1_800 },
        settled: { requests: 2, tokens: 1_000 },
        errorName: undefined,
      },
    ]);
  });

  it.each([
    ["released", new Failure({ kind: "invalid" }), false, {}],
    ["released", new NotSentError(new Failure({ kind: "ambiguous" })), false, {}],
    ["throttled", new Failure({ kind: "throttled", scope: "unknown" }), false, { requests: 1, tokens: 970 }],
    ["kept", new Failure({ kind: "ambiguous" }), true, { requests: 1, tokens: 970 }],
    ["kept", new Failure({ kind: "overloaded" }), true, { requests: 1, tokens: 970 }],
  ])("says of a %s attempt whether it may be billed, and what it costs", async (booking, error, isBilled, settled) => {
    const { router, request, events } = routedWorld([accountTarget("a")]);

    await outcome(router.run(request(970, { maxWaitMs: 0 }), () => Promise.reject(error)));

    const { attempts } = endsIn(events);
    expect(attempts[0]).toMatchObject({ booking, possiblyBilled: isBilled, settled, usageSource: "missing" });
  });

  it("takes a transport's word for where the usage comes from", async () => {
    const { router, request, events } = routedWorld([accountTarget("a")]);

    await router.run(request(970), async (_, attempt) => attempt.note({ usageSource: "invalid" }));

    const { attempts, calls } = endsIn(events);
    expect([attempts[0]?.usageSource, calls[0]?.usageSource]).toEqual(["invalid", "invalid"]);
  });

  it("names AWS's errors by their name, the network's by their code, our own by their code", async () => {
    const throttling = Object.assign(new Error("no"), { name: "ValidationException" });
    const reset = Object.assign(new Error("no"), { code: "ECONNRESET" });
    const odd = Object.assign(new Error("no"), { name: "Error: the prompt was: tell me all" });
    const own = new ShardrockError("timeout", "too long");
    const { router, request, events } = routedWorld([accountTarget("a")]);
    for (const error of [throttling, reset, odd, own]) {
      await outcome(router.run(request(1), () => Promise.reject(error)));
    }

    const { attempts, calls } = endsIn(events);
    const names = [
      ["ValidationException", undefined],
      ["ECONNRESET", undefined],
      [undefined, undefined],
      [undefined, "timeout"],
    ];
    expect(attempts.map(({ errorName, errorCode }) => [errorName, errorCode])).toEqual(names);
    expect(calls.map(({ errorName, errorCode }) => [errorName, errorCode])).toEqual(names);
  });

  it("lists the targets that might not take the call, and why", async () => {
    const targets = [accountTarget("a"), accountTarget("b"), accountTarget("c")];
    const { router, request, events } = routedWorld(targets, { drained: new Map([["bbbbbbbbbbbb", undefined]]) });
    const cost = { requests: 1, tokens: 970 };
    const large = { requests: 1, tokens: 60_001 };
    const candidates = targets.map((target) => ({ target, cost: target.id === "c" ? large : cost }));

    await router.run(request(0, { candidates }), async () => "sent");

    expect(endsIn(events).attempts[0]).toMatchObject({
      targetId: "a",
      decisionReason: "only-target",
      candidatesRejected: [
        { targetId: "b", reason: "account bbbbbbbbbbbb is drained" },
        { targetId: "c", reason: expect.stringContaining("60001") },
      ],
    });
  });

  it("says why it went there as things stood then, whatever happened to other targets since", async () => {
    const targets = [accountTarget("a"), accountTarget("b")];
    const { router, request, events, clock } = routedWorld(targets);
    const only = (place: number) => targets.slice(place, place + 1).map((target) => ({ target, cost: { tokens: 1 } }));
    const fails = (): Promise<never> => Promise.reject(new Failure({ kind: "unreachable" }));
    const either = router.run(request(1), async () => clock.sleep(500));
    for (const place of [0, 1]) await outcome(router.run(request(1, { candidates: only(place), maxWaitMs: 0 }), fails));
    await clock.advance(500);
    await either;

    const last = endsIn(events).attempts.at(-1);
    expect(last).toMatchObject({ callId: 1, decisionReason: "most-room", candidatesRejected: [] });
  });

  it("does not list a target as rejected because it failed this very attempt", async () => {
    const { router, request, events } = routedWorld([accountTarget("a"), accountTarget("b")]);

    await outcome(router.run(request(1), () => Promise.reject(new Failure({ kind: "unreachable" }))));

    const { attempts } = endsIn(events);
    expect(attempts.map(({ candidatesRejected }) => candidatesRejected)).toEqual([
      [],
      [{ targetId: attempts[0]?.targetId, reason: expect.stringContaining("could not be reached") }],
    ]);
    expect(attempts.map(({ decisionReason }) => decisionReason)).toEqual(["most-room", "only-target"]);
  });

  it("says when a refused call may come again", async () => {
    const { router, request, serve, events } = routedWorld([accountTarget("a")]);
    void outcome(router.run(request(burst), serve()));

    const refused = await outcome(router.run(request(burst, { maxWaitMs: 100 }), serve()));

    const { retryAfterMs } = (refused as { error: NoCapacityError }).error;
    expect(endsIn(events).calls).toMatchObject([
      { outcome: "refused", errorCode: "no-capacity", retryAfterMs, attempts: 0, reserved: {}, possiblyBilled: false },
    ]);
    expect(endsIn(events).calls[0]).not.toHaveProperty("targetId");
  });
});

describe("the one event of a call", () => {
  it.each([
    ["settles", "ok", undefined],
    ["ends without its usage", "ok", undefined],
    ["breaks", "interrupted", "stream-interrupted"],
    ["is left", "aborted", undefined],
  ] as const)("comes with the last event of a stream that %s", async (how, expected, errorCode) => {
    const { router, request, events, clock } = routedWorld([accountTarget("a")]);
    await router.run(request(970, { isStream: true }), async (_, attempt) => {
      attempt.commit();
      clock.timer(5_000, () => {
        if (how === "settles") attempt.settle({ tokens: 10 });
        if (how === "ends without its usage") attempt.settle(undefined);
        if (how === "breaks") attempt.fail(new Failure({ kind: "ambiguous" }));
        if (how === "is left") attempt.fail(new Failure({ kind: "aborted" }));
      });
      return "a stream";
    });
    await clock.advance(4_999);
    const early = [...events];
    await clock.advance(1);

    expect(early).toEqual([]);
    expect(events.map(({ kind }) => kind)).toEqual(["attempt-end", "call-end"]);
    expect(endsIn(events).calls[0]).toMatchObject({
      outcome: expected,
      errorCode,
      isStream: true,
      isCommitted: true,
      totalMs: 5_000,
    });
  });

  it("says ok of a stream that had ended before it was handed out", async () => {
    const { router, request, events } = routedWorld([accountTarget("a")]);

    await router.run(request(970), async (_, attempt) => {
      attempt.commit();
      attempt.settle({ tokens: 10 });
    });

    expect(events.map(({ kind }) => kind)).toEqual(["attempt-end", "call-end"]);
    expect(endsIn(events).calls[0]?.outcome).toBe("ok");
  });

  it("says that a stream was interrupted which broke before it was handed out, after its commit", async () => {
    const { router, request, events } = routedWorld([accountTarget("a")]);

    await outcome(
      router.run(request(970), async (_, attempt) => {
        attempt.commit();
        throw new Failure({ kind: "ambiguous" });
      }),
    );

    expect(endsIn(events).calls).toMatchObject([{ outcome: "interrupted" }]);
  });
});

describe("listeners", () => {
  it("are told an id of the router, another for each", () => {
    const warned = [1, 2].map((seed) => {
      const { router, events } = routedWorld([accountTarget("a")], { random: () => seed / 3 });
      router.warn("code", "message");
      return events[0]?.routerId;
    });

    expect(new Set(warned).size).toBe(2);
    for (const id of warned) expect(id).toMatch(/^[0-9a-f]{16}$/);
  });

  it("are not harmed by another that throws, rejects or never answers, and neither is the call", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
    const heard: string[] = [];
    router.onEvent(() => {
      throw new Error("a bad listener with a password in its message");
    });
    router.onEvent(async () => Promise.reject(new TypeError("a bad sink")));
    router.onEvent(() => new Promise(() => {}));
    router.onEvent((event) => heard.push(event.kind === "warning" ? event.message : event.kind));
    const call = outcome(router.run(request(1), serve()));
    await clock.advance(1_000);

    expect(await call).toEqual({ value: "a" });
    expect(heard).toEqual([expect.stringMatching(/^a listener of events failed \(Error\)/), "attempt-end", "call-end"]);
    // Two each: the attempt's end, the call's end and the warning.
    expect(router.droppedEvents).toBe(6);
  });

  it("may leave while an event goes round", async () => {
    const { router } = routedWorld([accountTarget("a")]);
    const heard: string[] = [];
    const first = router.onEvent(() => {
      first[Symbol.dispose]();
      heard.push("first");
    });
    router.onEvent(() => heard.push("second"));

    router.warn("one", "");
    router.warn("two", "");

    expect(heard).toEqual(["first", "second", "second"]);
  });

  it("hear only the kinds they want, asked anew for each event", async () => {
    const { router, request, serve, clock } = routedWorld([accountTarget("a")]);
    const heard: string[] = [];
    let isListening = false;
    router.onEvent(
      ({ kind }) => heard.push(kind),
      (kind) => isListening && kind === "call-end",
    );
    const call = async (): Promise<void> => {
      void outcome(router.run(request(1), serve()));
      await clock.advance(1_000);
    };
    await call();
    isListening = true;
    await call();

    expect(heard).toEqual(["call-end"]);
  });

  it("cost nothing when none wants an event: it is not made", async () => {
    const { clock, router, request } = routedWorld([accountTarget("a")], {}, { isHeard: false });
    router.onEvent(
      () => {},
      () => false,
    );
    const cost = { requests: 1, tokens: 1 };
    let reads = 0;
    const target = new Proxy(accountTarget("a"), {
      get(from, name) {
        if (name === "profileType") reads += 1;
        return Reflect.get(from, name) as unknown;
      },
    });

    await router.run(request(1, { candidates: [{ target, cost }] }), async () => "sent");
    const silent = reads;
    router.onEvent(() => {});
    await router.run(request(1, { candidates: [{ target, cost }] }), async () => "sent");

    expect(clock.monotonicMs()).toBe(0);
    expect([silent, reads > 0]).toEqual([0, true]);
  });
});
