import { ShardrockError } from "@shardrock/core";
import { describe, expect, it } from "vitest";
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
  const places = async (key: string | undefined, calls: number, change = {}): Promise<ReadonlySet<string>> => {
    const seen = new Set<string>();
    for (let made = 0; made < calls; made += 1) seen.add(await call(key, 10, change));
    return seen;
  };
  return { ...world, call, places };
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

  it("do not wait for their place when another has room", async () => {
    const { call, clock } = keyedWorld();
    await call("session", burst);
    await call("session", burst);

    expect(clock.monotonicMs()).toBe(0);
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

    expect(events.map((event) => event.kind !== "warning" && event.isAffine)).toEqual([false, false, true, true]);
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
