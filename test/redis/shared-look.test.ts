import type { Quota } from "@shardrock/core";
import { QuotaLearner } from "@shardrock/core/book";
import { ioredisClient, readSharedBook, type SharedBookView } from "@shardrock/redis";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writePageRecord } from "../../packages/redis/src/ledger/page-record.ts";
import { storedGateOf } from "../../packages/redis/src/ledger/stored-gate.ts";
import type { Booked } from "../../packages/redis/src/store/book-store.ts";
import { ask, beatOf, endingOf } from "./kit/asking.ts";
import { settableTime } from "./kit/clock-source.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { minuteUs, type StoreWorld, storeWorld } from "./kit/store-world.ts";

const limit = 6_000;

describeWithRedis("a look into the shared book", (server) => {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await storeWorld(server());
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const quotaOf = (key: string): Quota => ({ key, unit: "tokens", windowMs: 60_000 });

  function look(keys: readonly string[]): Promise<SharedBookView> {
    const realm = world.keys.prefix.slice("{shardrock:".length, -2);
    const client = ioredisClient(world.redis);
    return readSharedBook({ client, realm, quotas: keys.map(quotaOf), time: settableTime(realm) });
  }

  /** Opens pages as a process does that was told their limit. */
  async function opened(...keys: readonly string[]): Promise<void> {
    const learner = new QuotaLearner(minuteUs);
    learner.publish({ value: limit, published: limit, source: "config" }, 0);
    learner.read(0);
    const record = writePageRecord({ by: "one", quota: learner.toRecord() });
    await world.store.open(keys.map((key) => ({ key, gate: storedGateOf(learner), record, isSpent: false })));
  }

  async function booked(id: string, units: number): Promise<{ end(taken: number): Promise<unknown> }> {
    const asked = ask(id, [{ a: units }]);
    const answer = (await world.store.reserve(asked)) as Booked;
    expect(answer.kind).toBe("booked");
    return { end: (taken) => world.store.end(endingOf(asked, answer, { a: taken })) };
  }

  /** All that the store holds, as it lies there. */
  async function contents(): Promise<ReadonlyMap<string, string>> {
    const keys = (await world.redis.keys(`${world.keys.prefix}*`)).toSorted();
    const dumps = await Promise.all(keys.map(async (key) => [key, await world.redis.dump(key)] as const));
    return new Map(dumps);
  }

  it("tells what is booked, open and free, of all processes, and forgets it a window later", async () => {
    await opened("a");
    const first = await booked("1", 300);
    await booked("2", 100);
    await first.end(200);

    const { isThere, quotas } = await look(["a"]);
    await world.advance(minuteUs * 1.1);
    const later = await look(["a"]);

    expect(isThere).toBe(true);
    expect(quotas.get("a")).toMatchObject({ limit, booked: 300, open: 100, learnedLimit: limit });
    expect(quotas.get("a")?.free).toBeCloseTo(limit - 300, -3);
    expect(later.quotas.get("a")).toMatchObject({ booked: 0, open: 100 });
  });

  it("tells who lives, and what was settled by minute", async () => {
    await opened("a");
    const slot = Math.floor(world.nowUs() / 10e6);
    const settled = new Map([["a", new Map([[slot, 70], [slot - 6, 30], [slot - 400, 5]])]]); // prettier-ignore
    await world.store.beat(beatOf("one", { settled, livesForUs: 5e6 }));
    await world.storeOf("two").beat(beatOf("two", { livesForUs: 60e6 }));

    const now = await look(["a"]);
    await world.advance(6e6);
    const later = await look(["a"]);

    expect([now.processes, later.processes]).toEqual([2, 1]);
    const minuteMs = Math.floor(world.nowUs() / minuteUs) * 60_000;
    const settledThen = new Map([
      [minuteMs - 60_000, 30],
      [minuteMs, 70],
    ]);
    expect(now.quotas.get("a")?.settledByMinute).toEqual(settledThen);
  });

  it("changes nothing, of a realm that there is and of one that there is not", async () => {
    await opened("a");
    await booked("1", 300);
    await world.advance(minuteUs / 2);
    const before = await contents();

    await look(["a", "b"]);

    expect(await contents()).toEqual(before);
    await world.redis.del(...(await world.redis.keys(`${world.keys.prefix}*`)).filter((key) => !key.endsWith("clock")));
    expect(await look(["a"])).toEqual({ isThere: false, processes: 0, quotas: new Map() });
    expect(await world.redis.keys(`${world.keys.prefix}*`)).toEqual([world.keys.clock]);
  });

  it("leaves out what makes no sense, and tells the rest, however many there are", async () => {
    const keys = Array.from({ length: 70 }, (_, place) => `q${place}`);
    await opened(...keys);
    await world.redis.set(world.keys.page("q3"), "spoiled");
    await world.redis.del(world.keys.page("q4"));
    await world.redis.lpush(world.keys.page("q4"), "a list");
    await world.redis.set(world.keys.settled("q5"), "no hash");
    await world.redis.set(world.keys.page("q6").replace(":page:", ":learned:"), "x".repeat(200));

    const { quotas } = await look([...keys, "nobody's"]);

    expect(keys.filter((key) => !quotas.has(key))).toEqual(["q3", "q4", "q6"]);
    expect(quotas.size).toBe(67);
  });
});
