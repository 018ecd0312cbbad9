import { once } from "node:events";
import { ioredisClient, redisLedger } from "@shardrock/redis";
import { Redis } from "ioredis";
import type { SharedSource } from "./routed.ts";

/** How long a call of the fleet waits for the store: what it is unless told. */
export const timeoutMs = 50;

/** The shared book of the fleet, on the store at a port; `close` lets the store go. */
export async function openSource(port: number): Promise<SharedSource> {
  const redis = new Redis({
    host: "127.0.0.1",
    port,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  redis.on("error", () => undefined); // the ledger says what becomes of the store
  // Else the first calls would be decided by each process alone.
  await once(redis, "ready");
  return {
    source: redisLedger({ client: ioredisClient(redis), realm: "fleet", timeoutMs }),
    close: () => redis.disconnect(),
  };
}
