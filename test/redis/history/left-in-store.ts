import type { Ledger } from "@shardrock/core";
import { Redis } from "ioredis";
import type { StoreAtEnd } from "../../../benchmarks/redis/history/rule-left.ts";
import { openBook } from "./open-book.ts";
import { targets } from "./scene.ts";

/** Reservations of killed processes expire, and what they held leaves the window; more than long enough for both. */
const mostLooks = 60;
const lookEveryMs = 250;

/** Looks at what is left of a realm: at its keys, and at its quotas through a book opened anew. */
export async function leftInStore(where: { readonly port: number; readonly realm: string }): Promise<StoreAtEnd> {
  const redis = new Redis({ host: "127.0.0.1", port: where.port });
  try {
    const names = await redis.keys("*");
    const keys = await Promise.all(names.map(async (name) => ({ name, ttlMs: await redis.pttl(name) })));
    return { keys: keys.filter(({ ttlMs }) => ttlMs !== -2), quotas: await quotasLeft(where) };
  } finally {
    redis.disconnect();
  }
}

async function quotasLeft(where: { readonly port: number; readonly realm: string }): Promise<StoreAtEnd["quotas"]> {
  await using book = await openBook({ ...where, tell: () => undefined });
  for (let looks = 1; ; looks += 1) {
    const quotas = await look(book.ledger);
    const isClean = quotas.length > 0 && quotas.every(({ open, booked }) => open === 0 && booked === 0);
    if (isClean || looks === mostLooks) return quotas;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** A booking of one unit that is given back shows how a quota stands. */
async function look(ledger: Ledger): Promise<StoreAtEnd["quotas"]> {
  for (const target of targets) {
    const answer = await ledger.reserve([{ target, cost: { requests: 1, tokens: 1 } }]);
    if (answer.kind === "reserved") answer.release();
  }
  await ledger.flush?.();
  return ledger.snapshot(performance.now()).map(({ key, open, booked }) => ({ key, open, booked }));
}
