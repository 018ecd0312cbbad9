import { type Limits, MemoryLimits, seededRandom } from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { createClient } from "redis";
import { expect, it } from "vitest";
import { ioredisClient } from "../../packages/redis/src/clients/ioredis-client.ts";
import { iovalkeyClient } from "../../packages/redis/src/clients/iovalkey-client.ts";
import { nodeRedisClient } from "../../packages/redis/src/clients/node-redis-client.ts";
import type { ScriptClient } from "../../packages/redis/src/clients/script-client.ts";
import { SharedLedger } from "../../packages/redis/src/ledger/shared-ledger.ts";
import { keysOf } from "../../packages/redis/src/store/keys.ts";
import { ScriptStore } from "../../packages/redis/src/store/script-store.ts";
import { settableTime } from "../redis/kit/clock-source.ts";
import { describeWithRedis } from "../redis/kit/describe-with-redis.ts";
import type { RedisServer } from "../redis/kit/redis-server.ts";
import { beginUs } from "../redis/kit/store-world.ts";
import { bookLaw } from "../property/book-law.ts";
import { learningContract } from "./learning-contract.ts";
import { ledgerContract } from "./ledger-contract.ts";
import { type OpenLedger, targetWith } from "./ledger-world.ts";

/** The test's clock stands still while the store answers, and leaps: no answer is late, and there is one beat. */
const never = 1e12;

/** A client of a server's socket, and how it is closed. */
type Connect = (path: string) => Promise<{ readonly client: ScriptClient; readonly close: () => void }>;

const ioredis: Connect = async (path) => {
  const redis = new Redis({ path });
  return { client: ioredisClient(redis), close: () => redis.disconnect() };
};

const iovalkey: Connect = async (path) => {
  const valkey = new Valkey({ path });
  return { client: iovalkeyClient(valkey), close: () => valkey.disconnect() };
};

const nodeRedis: Connect = async (path) => {
  const redis = createClient({ socket: { path, tls: false } });
  await redis.connect();
  return { client: nodeRedisClient(redis), close: () => redis.destroy() };
};

/** Processes of one realm, and a clock that both they and the store go by. */
async function openRealm(server: RedisServer, realm: string, clock: VirtualClock, connect = ioredis) {
  const redis = new Redis({ path: server.path });
  const { client, close } = await connect(server.path);
  const clockMoved = async (): Promise<void> => {
    const us = beginUs + Math.round(clock.monotonicMs() * 1e3);
    await redis.set(keysOf(realm).clock, String(us), "EX", 3600);
  };
  await clockMoved();
  const ledgers: SharedLedger[] = [];
  const start = async (processId: string, limits: Limits): Promise<SharedLedger> => {
    const store = new ScriptStore({ client, realm, processId, time: settableTime(realm) });
    // A script that the server does not know yet is sent twice, and overtaken: this realm's scripts are its own.
    await store.end({ id: "none", pages: [], updates: [] });
    const ledger = new SharedLedger({
      store,
      host: { clock, limits, random: seededRandom(1), tell: () => {}, warn: () => {} },
      processId,
      timeoutMs: never,
      beatMs: never,
      onStoreDown: "reject",
      expiresInMs: 900_000,
    });
    ledgers.push(ledger);
    return ledger;
  };
  return {
    start,
    clockMoved,
    async [Symbol.asyncDispose]() {
      for (const ledger of ledgers) await ledger[Symbol.asyncDispose]();
      close();
      redis.disconnect();
    },
  };
}

describeWithRedis("a shared book", (server) => {
  const openBy =
    (connect: Connect): OpenLedger =>
    async ({ limits, clock, realm }) => {
      const opened = await openRealm(server(), realm, clock, connect);
      return { ...opened, ledger: await opened.start("one", limits) };
    };
  const tolerance = { roundingMs: 1, refusalJitterMs: 0, refusalEarlyMs: 2_000 };
  ledgerContract("RedisLedger", openBy(ioredis), tolerance);
  // Clients differ in how scripts are sent: where endings, rings and records get through, the rest does.
  learningContract("RedisLedger over iovalkey", openBy(iovalkey), tolerance);
  learningContract("RedisLedger over node-redis", openBy(nodeRedis), tolerance);
  bookLaw("RedisLedger", openBy(ioredis), { runs: 15, tolerance });

  it("never has more than the limit in any window while little is known, counted when calls start, whoever books", async () => {
    const clock = new VirtualClock();
    await using realm = await openRealm(server(), "sum", clock);
    const limits = new MemoryLimits();
    limits.set("a/tokens", 60_000, "config");
    const ledgers = [await realm.start("one", limits), await realm.start("two", limits)];
    const startsMs: number[] = [];

    for (let ms = 0; ms < 66_000; ms += 250) {
      for (const ledger of ledgers) {
        const answer = await ledger.reserve([{ target: targetWith("a"), cost: { tokens: 700 } }]);
        if (answer.kind === "refused") continue;
        startsMs.push(clock.monotonicMs() + (answer.startsInMs ?? 0));
        answer.keep("in doubt");
      }
      await clock.advance(250);
      await realm.clockMoved();
    }

    for (const untilMs of startsMs) {
      const inWindow = startsMs.filter((ms) => ms > untilMs - 60_000 && ms <= untilMs);
      expect(inWindow.length * 700).toBeLessThanOrEqual(60_000);
    }
    expect(startsMs.length * 700).toBeGreaterThan(59_000);
  });
});
