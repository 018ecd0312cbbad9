import { once } from "node:events";
import { type LedgerNews, type OpenedLedger, systemClock, systemRandom } from "@shardrock/core";
import { ioredisClient, redisLedger } from "@shardrock/redis";
import { Redis } from "ioredis";
import { cappedLimits, timeoutMs } from "./scene.ts";

export interface BookOptions {
  readonly port: number;
  readonly realm: string;
  readonly tell: (news: LedgerNews) => void;
}

/** Reservations of processes that die are expired within the history. */
const expiresInMs = 5_000;

/** Opens the shared book of a realm, as one process does. */
export async function openBook({ port, realm, tell }: BookOptions): Promise<OpenedLedger> {
  const redis = new Redis({ host: "127.0.0.1", port, enableOfflineQueue: false, autoResendUnfulfilledCommands: false });
  redis.on("error", () => undefined); // the ledger says what becomes of the store
  await once(redis, "ready");
  const source = redisLedger({ client: ioredisClient(redis), realm, timeoutMs, expiresInMs });
  const host = { clock: systemClock, random: systemRandom, limits: cappedLimits(), tell, warn: () => undefined };
  const book = source.open(host);
  return {
    ledger: book.ledger,
    bond: book.bond,
    [Symbol.asyncDispose]: async () => {
      await book[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
}
