import { seededRandom } from "@shardrock/core";
import { Redis } from "ioredis";
import { ioredisClient } from "../../packages/redis/src/clients/ioredis-client.ts";
import { SharedLedger } from "../../packages/redis/src/ledger/shared-ledger.ts";
import { keysOf } from "../../packages/redis/src/store/keys.ts";
import { ScriptStore } from "../../packages/redis/src/store/script-store.ts";
import { settableTime } from "../redis/kit/clock-source.ts";
import { describeWithRedis } from "../redis/kit/describe-with-redis.ts";
import { beginUs } from "../redis/kit/store-world.ts";
import { ledgerContract } from "./ledger-contract.ts";
import type { OpenLedger } from "./ledger-world.ts";

/** The test's clock stands still while the store answers, and leaps: no answer is late, and there is one beat. */
const never = 1e12;

describeWithRedis("a shared book", (server) => {
  const open: OpenLedger = async ({ limits, clock, realm }) => {
    const redis = new Redis({ path: server().path });
    const clockMoved = async (): Promise<void> => {
      const us = beginUs + Math.round(clock.monotonicMs() * 1e3);
      await redis.set(keysOf(realm).clock, String(us), "EX", 3600);
    };
    await clockMoved();
    const store = new ScriptStore({ client: ioredisClient(redis), realm, processId: "one", time: settableTime(realm) });
    // A script that the server does not know yet is sent twice, and overtaken: this world's scripts are its own.
    await store.end({ id: "none", pages: [], updates: [] });
    const ledger = new SharedLedger({
      store,
      host: { clock, limits, random: seededRandom(1), tell: () => {}, warn: () => {} },
      processId: "one",
      timeoutMs: never,
      beatMs: never,
      onStoreDown: "reject",
      expiresInMs: 900_000,
    });
    return {
      ledger,
      clockMoved,
      async [Symbol.asyncDispose]() {
        await ledger[Symbol.asyncDispose]();
        redis.disconnect();
      },
    };
  };
  ledgerContract("RedisLedger", open, { roundingMs: 1, refusalJitterMs: 0, refusalEarlyMs: 2_000 });
});
