import { once } from "node:events";
import { type LedgerNews, type OpenedLedger, systemClock, systemRandom } from "@shardrock/core";
import { Redis } from "ioredis";
import { ioredisClient } from "../../../packages/redis/src/clients/ioredis-client.ts";
import { SharedLedger } from "../../../packages/redis/src/ledger/shared-ledger.ts";
import { ScriptStore } from "../../../packages/redis/src/store/script-store.ts";
import { cappedLimits, timeoutMs } from "./scene.ts";

export interface BookOptions {
  readonly port: number;
  readonly realm: string;
  readonly tell: (news: LedgerNews) => void;
}

/** Opens the shared book of a realm, as one process does. */
export async function openBook({ port, realm, tell }: BookOptions): Promise<OpenedLedger> {
  const redis = new Redis({ host: "127.0.0.1", port, enableOfflineQueue: false });
  redis.on("error", () => undefined); // the ledger says what becomes of the store
  await once(redis, "ready");
  const processId = `p${process.pid}-${Math.random()}`;
  const store = new ScriptStore({ client: ioredisClient(redis), realm, processId });
  const host = { clock: systemClock, random: systemRandom, limits: cappedLimits(), tell, warn: () => undefined };
  const ledger = new SharedLedger({
    store,
    host,
    processId,
    timeoutMs,
    beatMs: 500,
    onStoreDown: "local",
    expiresInMs: 5_000,
  });
  const bond = {
    tell: () => undefined,
    onNews: () => ({ [Symbol.dispose]: () => undefined }),
    claim: () => Promise.resolve(true),
    giveUp: () => undefined,
  };
  return {
    ledger,
    bond,
    [Symbol.asyncDispose]: async () => {
      await ledger[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
}
