import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ioredisClient } from "../../packages/redis/src/clients/ioredis-client.ts";
import type { Booked, Unopened } from "../../packages/redis/src/store/book-store.ts";
import { keysOf } from "../../packages/redis/src/store/keys.ts";
import { pageFields } from "../../packages/redis/src/store/page-layout.ts";
import { ScriptStore } from "../../packages/redis/src/store/script-store.ts";
import { ask, beatOf, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { gateOf, minuteUs, type StoreWorld, storeWorld } from "./kit/store-world.ts";

describeWithRedis("the shared book when things go wrong", (server) => {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await storeWorld(server());
  });
  afterEach(() => world[Symbol.asyncDispose]());

  it("lets every key expire, and gives all of them one hash tag", async () => {
    await useAll();

    const keys = await world.redis.keys("*");
    const ours = keys.filter((key) => key.startsWith(world.keys.prefix));
    const ttls = await Promise.all(ours.map((key) => world.redis.pttl(key)));

    expect(new Set(ours.map((key) => key.slice(world.keys.prefix.length).split(":")[0]))).toEqual(
      new Set([
        "state",
        "gap",
        "clock",
        "page",
        "rest",
        "ring",
        "learned",
        "use",
        "expiry",
        "processes",
        "settled",
        "news",
        "claim",
      ]),
    );
    expect(Math.min(...ttls)).toBeGreaterThan(0);
    expect(world.keys.prefix).toMatch(/^\{shardrock:.+\}:$/);
  });

  describe.each([
    ["a page that is no number", (key: string) => spoilNumber(key, "tat", Number.NaN)],
    ["a page that is in debt for ages", (key: string) => spoilNumber(key, "tat", 1e300)],
    ["a page whose price is below 0", (key: string) => spoilNumber(key, "price", -1)],
    ["a page that is cut off", (key: string) => world.redis.setrange(`${world.keys.prefix}page:${key}`, 300, "x")],
    ["a page that is empty", (key: string) => world.redis.set(`${world.keys.prefix}page:${key}`, "")],
    ["a page that is half lost", (key: string) => world.redis.del(`${world.keys.prefix}rest:${key}`)],
    ["a ring that is lost", (key: string) => world.redis.del(`${world.keys.prefix}ring:${key}`)],
    ["a ring of another type", (key: string) => otherType(`${world.keys.prefix}ring:${key}`)],
    [
      "a ring that is no number",
      (key: string) => world.redis.set(`${world.keys.prefix}ring:${key}`, Buffer.alloc(4000, 255)),
    ],
  ])("%s", (_, spoil) => {
    it("is told, and opened as spent by whoever opens it, for one window", async () => {
      await open(world.store, { a: gateOf(60, { window: "sliding", mayHold: 60 }), b: gateOf(60) });
      await book({ a: 10, b: 10 });
      await world.advance(1e6);
      await book({ a: 1 });
      await spoil("a");
      await world.advance(1e6);

      const told = (await world.store.reserve(ask("1", [{ b: 1, a: 5 }]))) as Unopened;
      await open(world.storeOf("who knows nothing"), { a: gateOf(60, { window: "sliding", mayHold: 60 }) });
      const spent = await world.store.reserve(ask("2", [{ a: 1 }]));
      await world.advance(minuteUs + 1e6);
      const after = await world.store.reserve(ask("3", [{ a: 5 }]));

      expect(told).toMatchObject({ kind: "unopened", missing: ["a"], spoiled: ["a"] });
      expect([spent.kind, after.kind]).toEqual(["refused", "booked"]);
      expect(((await world.store.reserve(ask("4", [{ b: 1 }]))) as Booked).pages.get("b")).toMatchObject({ open: 11 });
    });
  });

  it("shows rings with what was booked a moment ago", async () => {
    await open(world.store, { a: gateOf(60) });
    await book({ a: 3 });
    await world.advance(1e6);
    await book({ a: 4 });
    await book({ a: 5 });

    const slot = Math.floor(world.nowUs() / 125_000);
    expect((await world.store.rings(["a", "none"])).get("a")).toEqual(
      new Map([
        [slot - 8, 3],
        [slot, 9],
      ]),
    );
  });

  it("says which pages it lacks, and books nothing", async () => {
    await open(world.store, { a: gateOf(60) });

    const answer = await world.store.reserve(ask("1", [{ a: 1 }, { b: 1 }]));

    expect(answer).toMatchObject({ kind: "unopened", missing: ["b"], spoiled: [] });
    expect(await world.redis.zcount(`${world.keys.prefix}expiry`, 0, 1e300)).toBe(0);
  });

  it("opens pages as spent after its data was lost, and shows another epoch", async () => {
    const before = await world.store.open([]);
    await world.redis.flushall();
    await world.setTime(world.nowUs() + 1e6);
    const after = await world.store.open([]);
    await open(world.store, { a: gateOf(60, { burstUs: 1e7 }) }, true);

    expect(after.epoch).not.toBe(before.epoch);
    expect(await world.store.reserve(ask("1", [{ a: 10 }]))).toMatchObject({ startUs: world.nowUs() + 1e7 });
  });

  it("never lets its time run backwards, and goes on from where it was", async () => {
    await open(world.store, { a: gateOf(60) });
    await world.advance(5e6);
    const { nowUs } = await world.store.open([]);
    await world.advance(-3_600e6);
    const back = await world.store.open([]);
    await world.advance(2e6);
    const later = await world.store.open([]);

    expect([back.nowUs, later.nowUs]).toEqual([nowUs, nowUs + 2e6]);
  });

  it("ends a reservation as kept once, though two processes are told that it expired", async () => {
    await open(world.store, { a: gateOf(60) });
    await book({ a: 10 });
    await world.advance(31e6);
    const [first] = (await world.store.beat(beatOf("one"))).expired;
    const meanwhile = (await world.store.beat(beatOf("two"))).expired;
    await world.advance(6e6);
    const [second] = (await world.store.beat(beatOf("two"))).expired;

    const ended = [await world.store.end(first!), await world.store.end(second!)];

    expect(meanwhile).toEqual([]);
    expect(ended.map(({ isFirst }) => isFirst)).toEqual([true, false]);
    expect((await world.store.beat(beatOf("one"))).expired).toEqual([]);
  });

  it("drops what nobody can read from the expiry index", async () => {
    await world.redis.zadd(`${world.keys.prefix}expiry`, 1, "rubbish\nof\nsomebody");

    const { expired } = await world.store.beat(beatOf("one"));

    expect(expired).toEqual([]);
    expect(await world.redis.zcount(`${world.keys.prefix}expiry`, 0, 1e300)).toBe(0);
  });

  it("writes what was learned only over what it was learned from, with the ending of the very call", async () => {
    await open(world.store, { a: gateOf(60) });
    const asked = ask("1", [{ a: 1 }]);
    const booked = (await world.store.reserve(asked)) as Booked;
    const other = await world.store.publish([{ key: "a", basedOn: 1, gate: gateOf(120), record: "other" }]);
    const ending = {
      ...endingOf(asked, booked),
      updates: [{ key: "a", basedOn: 1, gate: gateOf(30), record: "mine" }],
    };

    const ended = await world.store.end(ending);

    expect(other).toEqual([]);
    expect(ended.newer).toEqual([{ key: "a", version: 2, gate: gateOf(120), record: "other" }]);
    expect(ended.pages.get("a")).toMatchObject({ version: 2, open: 0 });
  });

  it("remembers what was learned when a page has gone", async () => {
    await open(world.store, { a: gateOf(60) });
    await world.store.publish([{ key: "a", basedOn: 1, gate: gateOf(120), record: "learned" }]);
    await world.redis.del(world.keys.page("a"));
    await open(world.store, { a: gateOf(60) });

    const booked = (await world.store.reserve(ask("1", [{ a: 1 }]))) as Booked;

    expect(booked.booked[0]?.heldUs).toBe(5e5);
    expect(booked.pages.get("a")?.version).toBe(2);
  });

  it("starts nothing before a pause is over", async () => {
    await open(world.store, { a: gateOf(60, { pausedUntilUs: world.nowUs() + 3e6 }) });

    const paused = await world.store.reserve(ask("1", [{ a: 1 }]));
    await world.advance(3e6);

    expect(paused).toMatchObject({ kind: "refused", startUs: world.nowUs() });
    expect((await world.store.reserve(ask("2", [{ a: 1 }]))).kind).toBe("booked");
  });

  it("lets nothing but nothing start on an account on hold", async () => {
    const hold = gateOf(60, { priceUs: Number.POSITIVE_INFINITY, mayHold: 0, window: "sliding" });
    await open(world.store, { a: hold });

    expect(await world.store.reserve(ask("1", [{ a: 1 }]))).toMatchObject({ startUs: Number.POSITIVE_INFINITY });
    expect(await world.store.reserve(ask("2", [{ a: 0 }]))).toMatchObject({ kind: "booked" });
  });

  it("charges what was spent while it was gone", async () => {
    await open(world.store, { a: gateOf(60, { window: "sliding", mayHold: 60, burstUs: 6e7 }) });
    const slot = Math.floor(world.nowUs() / 125_000);

    await world.store.merge([
      {
        key: "a",
        bySlot: new Map([
          [slot - 8, 20],
          [slot - 600, 30],
          [slot, 15],
        ]),
      },
    ]);

    const answer = (await world.store.reserve(ask("1", [{ a: 1 }]))) as Booked;
    expect(answer.pages.get("a")?.inWindow).toBe(36);
    expect((answer.pages.get("a")?.tatUs ?? 0) - world.nowUs()).toBeCloseTo(35.125e6, -6);
  });

  it("gives a lease to one process until it is over or given up", async () => {
    const other = world.storeOf("two");
    const first = [await world.store.claim("probe", 60e6), await other.claim("probe", 60e6)];
    await other.giveUp("probe");
    const still = await other.claim("probe", 60e6);
    await world.store.giveUp("probe");

    expect([...first, still, await other.claim("probe", 60e6)]).toEqual([true, false, false, true]);
  });

  it("tells news to whoever has not seen them, and processes that live", async () => {
    await world.store.tell("one");
    await world.store.tell("two");
    await world.storeOf("two").beat(beatOf("two"));

    const all = await world.store.beat(beatOf("one"));
    const latest = await world.store.beat(beatOf("one", { newsSeen: 1 }));
    await world.advance(6e6);
    const alone = await world.store.beat(beatOf("one", { newsSeen: 2 }));

    expect([all.news, latest.news, alone.news]).toEqual([["one", "two"], ["two"], []]);
    expect(all.processes).toContainEqual("two");
    expect(alone.processes).toEqual(["one"]);
  });

  it("refuses realms that could leave their hash tag", () => {
    for (const realm of ["", "a}b", "a b", "x".repeat(65), "ä"]) expect(() => keysOf(realm)).toThrow(/realm must be/);
  });

  it("refuses amounts that are none, before anything is written", async () => {
    await open(world.store, { a: gateOf(60) });

    await expect(world.store.reserve(ask("1", [{ a: Number.NaN }]))).rejects.toThrow(/hold must be/);
    await expect(world.store.reserve(ask("1", [{ a: -1 }]))).rejects.toThrow(/hold must be/);
    await expect(world.store.reserve(ask("1", [{ a: 1 }], { expiresInUs: Number.NaN }))).rejects.toMatchObject({
      kind: "broken",
    });
    expect(await world.redis.zcount(`${world.keys.prefix}expiry`, 0, 1e300)).toBe(0);
  });

  it("takes its time from the server where nobody says otherwise, whatever lies in the tests' key", async () => {
    const store = new ScriptStore({ client: ioredisClient(world.redis), realm: "real", processId: "p" });
    await world.redis.set(keysOf("real").clock, "5", "EX", 60);

    const [seconds = 0] = await world.redis.time();

    expect((await store.open([])).nowUs / 1e6).toBeGreaterThanOrEqual(Number(`${seconds}`));
  });

  let calls = 0;
  async function book(pages: Record<string, number>): Promise<void> {
    expect((await world.store.reserve(ask(`call ${(calls += 1)}`, [pages]))).kind).toBe("booked");
  }

  async function useAll(): Promise<void> {
    await open(world.store, { a: gateOf(60, { burstUs: 2e6 }) });
    await book({ a: 2 });
    await world.store.reserve(ask("ahead", [{ a: 1 }], { horizonUs: 2e6 }));
    await world.advance(1e6);
    await world.store.reserve(ask("refused", [{ a: 2 }], { horizonUs: 1 }));
    await world.store.tell("news");
    await world.store.claim("probe", 60e6);
    await world.store.beat(beatOf("one", { settled: new Map([["a", new Map([[1, 2]])]]) }));
  }

  async function spoilNumber(key: string, field: (typeof pageFields)[number], value: number): Promise<void> {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    await world.redis.setrange(world.keys.page(key), pageFields.indexOf(field) * 8, bytes);
  }

  async function otherType(key: string): Promise<void> {
    await world.redis.del(key);
    await world.redis.rpush(key, "x");
  }
});
