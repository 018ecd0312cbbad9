import { type ReportedUsage, ShardrockError } from "@shardrock/core";
import { describe, expect, it, vi } from "vitest";
import { accountTarget, Failure, outcome, routedWorld } from "./routed-world.ts";

const burst = 6_000;
const letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
const targets = letters.map((letter) => accountTarget(letter));

/** A world whose calls take their whole hold, answer at once and say where they went. */
function keyedWorld(options: Parameters<typeof routedWorld>[1] = {}, serving = targets) {
  const world = routedWorld(serving, options);
  const call = (affinityKey: string | undefined, tokens = 10, change = {}) =>
    world.router.run(world.request(tokens, { affinityKey, ...change }), async (target, attempt) => {
      attempt.settle({ requests: 1, tokens });
      return target.id;
    });
  /** Its answer says that `cachedTokens` of its prompt are in the cache now. */
  const cachedCall = (affinityKey: string, tokens: number, cachedTokens: number, change = {}) =>
    world.router.run(world.request(tokens, { affinityKey, ...change }), async (target, attempt) => {
      attempt.note({ usage: cachedUsage(cachedTokens) });
      attempt.settle({ requests: 1, tokens });
      return target.id;
    });
  const places = async (key: string | undefined, calls: number, change = {}): Promise<ReadonlySet<string>> => {
    const seen = new Set<string>();
    for (let made = 0; made < calls; made += 1) seen.add(await call(key, 10, change));
    return seen;
  };
  return { ...world, call, cachedCall, places };
}

function cachedUsage(cachedTokens: number): ReportedUsage {
  const cacheReadInputTokens = Math.floor(cachedTokens / 2);
  const cacheWriteInputTokens = cachedTokens - cacheReadInputTokens;
  return { inputTokens: 1, outputTokens: 1, cacheReadInputTokens, cacheWriteInputTokens };
}

describe("calls with one affinity key", () => {
  it("go to one account and Region while it has room, others go anywhere", async () => {
    const { places } = keyedWorld();

    expect((await places("session", 50)).size).toBe(1);
    expect((await places(undefined, 50)).size).toBeGreaterThan(1);
  });

  it("take the best of several targets in the same account and Region", async () => {
    const [global, geo] = ["global", "geo"].map((id) => accountTarget("a", { id, quotas: accountTarget(id).quotas }));
    const { places } = keyedWorld(
      {},
      [global, geo, accountTarget("b")].flatMap((target) => target ?? []),
    );
    const seen = new Set<string>();
    for (let key = 0; key < 20; key += 1) seen.add([...(await places(`key ${key}`, 5))].toSorted().join("+"));

    expect([...seen].toSorted()).toEqual(["b", "geo+global"]);
  });

  it("spill when the place is full, and stay where they went", async () => {
    const { call, clock } = keyedWorld();
    const first = await call("session", burst);
    const spilled = await call("session", 100);
    const next = await call("session", 100);
    await clock.advance(60_000);
    const later = await call("session", 100);

    expect(spilled).not.toBe(first);
    expect([next, later]).toEqual([spilled, spilled]);
  });

  it("do not wait for their place when another has room and nothing is known to be cached", async () => {
    const { call, clock } = keyedWorld();
    await call("session", burst);
    await call("session", burst);

    expect(clock.monotonicMs()).toBe(0);
  });

  it("wait for their place while the prompt cached there is worth more than the waiting", async () => {
    const { call, cachedCall, clock } = keyedWorld();
    const first = await cachedCall("session", burst, 4_000);
    const second = call("session", 970);
    await clock.advance(950);
    const waiting = await Promise.race([second, Promise.resolve("still waiting")]);
    await clock.advance(60);

    expect(waiting).toBe("still waiting");
    expect(await second).toBe(first);
  });

  it("block nobody while they wait for their place", async () => {
    const { call, cachedCall, clock } = keyedWorld({}, targets.slice(0, 2));
    const first = await cachedCall("session", burst, 4_000);
    const waiting = call("session", 970);
    await clock.advance(0);
    const others = [await call(undefined, 100), await call(undefined, 100)];
    await clock.advance(1_100);

    expect(clock.monotonicMs()).toBe(1_100);
    expect(others).not.toContain(first);
    expect(await waiting).toBe(first);
  });

  it("wait for it in their order, when several want the same one", async () => {
    const { cachedCall, clock } = keyedWorld({}, targets.slice(0, 3));
    const first = await cachedCall("session", burst, 4_000);
    const next = [1, 2, 3].map(() => cachedCall("session", 970, 4_000));
    await clock.advance(3_100);

    expect(await Promise.all(next)).toEqual([first, first, first]);
  });

  it("go elsewhere at last, when their place is taken again and again while others have room", async () => {
    const { router, request, cachedCall, call, clock } = keyedWorld({}, targets.slice(0, 2));
    const first = await cachedCall("session", burst, 970);
    const late = call("session", 970); // its cached prompt is worth 4 s of waiting, and a bit
    const { [first === "a" ? 0 : 1]: home } = targets;
    const rival = { pin: { accountId: home?.accountId ?? "", by: "a test" }, priority: 1 };
    for (let made = 0; made < 12; made += 1) {
      const going = router.run(request(900, rival), async (_, attempt) => attempt.settle({ tokens: 900 }));
      void outcome(going);
    }
    await clock.advance(8_000);

    expect(await late).not.toBe(first);
  });

  it("are not refused for a wait that only staying would take", async () => {
    const { cachedCall, call, router, request, clock } = keyedWorld({}, targets.slice(0, 2));
    const first = await cachedCall("session", burst, 4_000);
    const ahead = [1, 2, 3, 4].map(() =>
      outcome(router.run(request(burst), (_, attempt) => clock.sleep(1).then(() => attempt.settle({ tokens: burst })))),
    );
    await clock.advance(2);
    const served = outcome(call("session", 5_000, { maxWaitMs: 30_000 }));
    await clock.advance(60_000);
    await Promise.all(ahead);

    expect(first).toMatch(/[ab]/);
    expect(await served).toMatchObject({ value: expect.any(String) });
  });

  it("move once when the waiting is worth more than what is cached, and do not come back for a little room", async () => {
    const { call, cachedCall, clock } = keyedWorld();
    const first = await cachedCall("session", burst, 100);
    const moved = await call("session", 970);
    await clock.advance(6_000);
    const later = [await call("session", 970), await call("session", 970)];

    expect(moved).not.toBe(first);
    expect(later).toEqual([moved, moved]);
  });

  it("hold on to the new place as firmly as to the old, before its first answer", async () => {
    const { router, request, call, cachedCall, clock } = keyedWorld();
    await cachedCall("session", burst, 1_000);
    const underWay = router.run(request(burst, { affinityKey: "session" }), async (target, attempt) => {
      await clock.sleep(60_000);
      attempt.settle(undefined);
      return target.id;
    });
    await clock.advance(0);
    const next = call("session", 970);
    await clock.advance(120_000);

    expect(await next).toBe(await underWay);
  });

  it("do not wait for a place that has no room before their deadline", async () => {
    const { call, cachedCall, clock } = keyedWorld();
    const first = await cachedCall("session", burst, 4_000);
    const second = await call("session", 970, { maxWaitMs: 500 });

    expect(second).not.toBe(first);
    expect(clock.monotonicMs()).toBe(0);
  });

  it("do not wait for a cache that has gone cold", async () => {
    const { call, cachedCall, clock } = keyedWorld({ affinity: { ttlMs: 100, maxKeys: 10 } });
    const first = await cachedCall("session", burst, 4_000);
    await clock.advance(101);

    expect(await call("session", 970)).not.toBe(first);
  });

  it("learn what is cached from the last answer, and only from where they are at home", async () => {
    const { router, request, call, cachedCall, clock } = keyedWorld();
    const late = router.run(request(burst, { affinityKey: "session" }), async (target, attempt) => {
      await clock.sleep(10);
      attempt.note({ usage: cachedUsage(50_000) });
      attempt.settle(undefined);
      return target.id;
    });
    await clock.advance(0);
    const second = await cachedCall("session", burst, 10);
    await clock.advance(10);
    const third = await call("session", 970);

    expect(new Set([await late, second, third]).size).toBe(3);
  });

  it("go back to where their prompt is cached when another place did not process them", async () => {
    const { router, request, call, cachedCall, clock } = keyedWorld();
    const first = await cachedCall("session", burst, 100);
    const refused = router.run(request(970, { affinityKey: "session" }), () =>
      Promise.reject(new Failure({ kind: "invalid" })),
    );
    await outcome(refused);
    await clock.advance(60_000);

    expect(await call("session", 970)).toBe(first);
  });

  it("are remembered for the time given since the last of them", async () => {
    const { call, clock, router, request } = keyedWorld({ affinity: { ttlMs: 1_000, maxKeys: 10 } });
    const reasons = () => router.explain(request(1, { affinityKey: "session" })).map(({ reason }) => reason);
    await call("session");
    await clock.advance(900);
    await call("session");
    await clock.advance(1_000);
    const before = reasons();
    await clock.advance(1);

    expect(before[0]).toBe("preferred: the same key went there last");
    expect(reasons()).not.toContain("preferred: the same key went there last");
  });

  it("are forgotten in time even when the clock stood at 0", async () => {
    const { call, clock, router, request } = keyedWorld({ affinity: { ttlMs: 1_000, maxKeys: 10 } });
    await call("session");
    await clock.advance(1_001);

    const rows = router.explain(request(1, { affinityKey: "session" }));

    expect(rows.map(({ reason }) => reason)).not.toContain("preferred: the same key went there last");
  });

  it("are remembered up to a bound, the latest used first", async () => {
    const { call, router, request } = keyedWorld({ affinity: { ttlMs: 60_000, maxKeys: 2 } });
    for (const key of ["one", "two", "one", "three"]) await call(key);

    const known = ["one", "two", "three"].filter((affinityKey) =>
      router.explain(request(1, { affinityKey })).some(({ reason }) => reason.startsWith("preferred")),
    );

    expect(known).toEqual(["one", "three"]);
  });

  it("are apart for each pool: another model has another cache", async () => {
    const { places } = keyedWorld();
    const seen = new Set<string>();
    for (let pool = 0; pool < 30; pool += 1) {
      for (const place of await places("session", 2, { pool: `model ${pool}` })) seen.add(place);
    }

    expect(seen.size).toBeGreaterThan(1);
  });

  it.each([
    ["ttlMs", { ttlMs: 0, maxKeys: 10 }],
    ["maxKeys", { ttlMs: 10, maxKeys: 1.5 }],
  ])("have options that are checked: %s", (name, affinity) => {
    const make = () => routedWorld(targets, { affinity });

    expect(make).toThrow(ShardrockError);
    expect(make).toThrow(`affinity.${name} must be a whole number from 1 up`);
  });

  it("never override a hard rule", async () => {
    const { call, request, router } = keyedWorld();
    const place = await call("session");
    const other = targets.find(({ id }) => id !== place)?.accountId ?? "";

    const pinned = await call("session", 1, { pin: { accountId: other, by: "a guardrail" } });
    const explained = router.explain(
      request(1, { affinityKey: "session", pin: { accountId: place.repeat(12), by: "a guardrail" } }),
    );

    expect(pinned.repeat(12)).toBe(other);
    expect(explained.find(({ target }) => target.id === pinned)).toMatchObject({
      rank: undefined,
      reason: expect.stringContaining("bound to account"),
    });
  });

  it("never override health", async () => {
    const { router, call, request } = keyedWorld();
    const place = await call("session");
    const only = targets.filter(({ id }) => id === place).map((target) => ({ target, cost: { tokens: 1 } }));
    await outcome(
      router.run(request(1, { candidates: only }), () => Promise.reject(new Failure({ kind: "unreachable" }))),
    );

    expect(await call("session")).not.toBe(place);
  });

  it("do not overtake those who came before", async () => {
    const { router, request, started, serve, clock, call } = keyedWorld({}, [accountTarget("a")]);
    await call("session", burst);
    for (const [name, affinityKey] of [
      ["no key", undefined],
      ["keyed", "session"],
    ] as const) {
      void outcome(router.run(request(burst, { affinityKey }), serve(name)));
    }
    await clock.advance(20_000);

    expect(started).toEqual(["no key", "keyed"]);
  });

  it("show that they stayed together in events, but never the key", async () => {
    const { call, events } = keyedWorld();
    await call("a secret session");
    await call("a secret session");

    expect(events.map((event) => "isAffine" in event && event.isAffine)).toEqual([false, false, true, true]);
    expect(events[2]).toMatchObject({ decisionReason: "same-key" });
    expect(JSON.stringify(events)).not.toContain("secret");
  });

  it("are explained: the place first, then by room, and explaining remembers nothing", async () => {
    const { call, router, request } = keyedWorld();
    const place = await call("session", 3_000);
    const rows = router.explain(request(10, { affinityKey: "session" }));
    router.explain(request(10, { affinityKey: "another" }));

    expect(rows[0]).toMatchObject({
      rank: 1,
      target: { id: place },
      reason: "preferred: the same key went there last",
    });
    expect(rows[1]).toMatchObject({ rank: 2, reason: "has room now" });
    expect(rows[1]?.score).toBeLessThan(rows[0]?.score ?? Number.NaN);
    expect(router.explain(request(10, { affinityKey: "another" }))[0]?.reason).toBe("has room now");
    await call("session", burst - 3_050);
    expect(router.explain(request(100, { affinityKey: "session" })).map(({ reason }) => reason)).not.toContain(
      "preferred: the same key went there last",
    );
  });
});

describe("what the book is told of calls whose prompt may be cached", () => {
  it.each([
    ["all of it, before anything came out of a cache", "session", false, { requests: 1, tokens: 100 }],
    ["at home, without what is cached there", "session", true, { requests: 1, tokens: 20 }],
    ["elsewhere, without the most that ever came out of a cache", undefined, true, { requests: 1, tokens: 60 }],
  ] as const)("is what AWS surely takes: %s", async (_what, affinityKey, wasRead, surely) => {
    const world = keyedWorld({}, [accountTarget("a")]);
    if (wasRead) await world.cachedCall("session", 10, 80); // half of that came out of the cache
    const reserve = vi.spyOn(world.ledger, "reserve");

    await world.call(affinityKey, 100);

    const [asked] = reserve.mock.calls[0]?.[0] ?? [];
    expect(asked?.atLeast ?? asked?.cost).toEqual(surely);
  });
});
