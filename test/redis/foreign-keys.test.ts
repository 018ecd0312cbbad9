import type { Redis } from "ioredis";
import { expect, it } from "vitest";
import type { Booked } from "../../packages/redis/src/store/book-store.ts";
import { ask, beatOf, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { gateOf, minuteUs, type StoreWorld, storeWorld } from "./kit/store-world.ts";

/** Every kind of key that a realm has; the tests' clock apart. */
const kinds = [
  "state",
  "gap",
  "page:a",
  "rest:a",
  "ring:a",
  "use:a",
  "learned:a",
  "spent:a",
  "settled:a",
  "expiry",
  "processes",
  "news",
  "claim:probe",
];

/** What somebody else may have made of a key. */
const writes: Readonly<Record<string, (redis: Redis, key: string) => Promise<unknown>>> = {
  "a text": (redis, key) => redis.set(key, "x"),
  "a list": (redis, key) => redis.rpush(key, "x"),
  "a hash": (redis, key) => redis.hset(key, "x", "y"),
  "a sorted set": (redis, key) => redis.zadd(key, 1, "x"),
  "a stream": (redis, key) => redis.xadd(key, "*", "x", "y"),
};

/** Full after 60 units, and short of them after 30. */
const gates = { a: gateOf(60, { window: "sliding", mayHold: 60, burstUs: minuteUs / 2 }) };

describeWithRedis("a shared book of which somebody has overwritten a key", (server) => {
  // Side by side: what takes long is the way to the server and back.
  it.concurrent.each(kinds)("at %s, goes on within a window, whatever was written", async (kind) => {
    await using world = await storeWorld(server());
    const stuck: string[] = [];

    for (const [what, write] of Object.entries(writes)) {
      await open(world.store, gates);
      await useAll(world, `before ${what}`);
      const key = `${world.keys.prefix}${kind}`;
      await world.redis.del(key);
      await write(world.redis, key);

      await useAll(world, `after ${what}`);
      await world.advance(minuteUs + 1e6);

      const { kind: answer } = await world.store.reserve(ask(`then ${what}`, [{ a: 5 }]));
      const { processes } = await world.store.beat(beatOf("one"));
      if (answer !== "booked" || processes.length !== 1) stuck.push(what);
      await world.advance(minuteUs + 1e6);
    }

    expect(stuck).toEqual([]);
  });

  it("gives a lease that nobody took and that would last for ever as long as one that is asked for", async () => {
    await using world = await storeWorld(server());
    const key = world.keys.claim("probe");
    await world.redis.set(key, "x");

    const isOurs = await world.store.claim("probe", 60e6);

    expect(isOurs).toBe(false);
    expect(await world.redis.pttl(key)).toBeGreaterThan(0);
  });

  it("does not make a lease longer that another process holds", async () => {
    await using world = await storeWorld(server());
    await world.storeOf("two").claim("probe", 10e6);

    await world.store.claim("probe", 60e6);

    expect(await world.redis.pttl(world.keys.claim("probe"))).toBeLessThan(11e3);
  });
});

/** All that a ledger asks of a store: what fails twice would fail for ever. */
async function useAll(world: StoreWorld, when: string): Promise<void> {
  const { store } = world;
  const asked = ask(`${when} 1`, [{ a: 5 }], { wantsRing: true });
  const booked = await reserve(world, asked);
  await reserve(world, ask(`${when} short`, [{ a: 55 }], { horizonUs: 2e6 }));
  if (booked !== undefined) await store.end(endingOf(asked, booked, { a: 4 }));
  await store.publish([{ key: "a", basedOn: 1, gate: gates.a, record: "{}" }]);
  await store.read(["a"]);
  await store.rings(["a"]);
  await store.merge([{ key: "a", bySlot: new Map([[Math.floor(world.nowUs() / 125_000), 1]]) }]);
  await open(store, gates, true);
  await store.tell("news");
  await store.beat(beatOf("one", { settled: new Map([["a", new Map([[1, 2]])]]) }));
  await store.settled(["a"], 0);
  await store.claim("probe", 60e6);
  expect(await world.storeOf("two").claim("probe", 60e6)).toBe(false);
  await store.giveUp("probe");
  await world.advance(1e6);
}

/** Opens what is lacking, as a ledger does. */
async function reserve(world: StoreWorld, asked: ReturnType<typeof ask>): Promise<Booked | undefined> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    // A ledger whose store fails asks again when a beat has been answered.
    const answer = await world.store.reserve(asked).catch(() => world.store.beat(beatOf("one")));
    if (!("kind" in answer)) continue;
    if (answer.kind !== "unopened") return answer.kind === "booked" ? answer : undefined;
    await open(world.store, gates);
  }
  throw new Error("the page is lost again and again");
}
