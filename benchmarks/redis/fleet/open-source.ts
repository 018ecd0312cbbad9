import type { LedgerSource } from "@shardrock/core";
import { ioredisClient, redisLedger } from "@shardrock/redis";
import { Redis } from "ioredis";

/** How long a call of the fleet waits for the store: what it is unless told. */
export const timeoutMs = 50;

/** The shared book of the fleet, on the store at a port; `close` lets the store go. */
export function openSource(port: number): { readonly source: LedgerSource; readonly close: () => void } {
  const redis = new Redis({ host: "127.0.0.1", port, enableOfflineQueue: false });
  redis.on("error", () => undefined); // the ledger says what becomes of the store
  return {
    source: redisLedger({ client: ioredisClient(redis), realm: "fleet", timeoutMs }),
    close: () => redis.disconnect(),
  };
}
