import { Redis } from "ioredis";
import { openBook } from "./open-book.ts";
import type { StoreAtEnd } from "../../../benchmarks/redis/history/rule-left.ts";
import { targets } from "./scene.ts";

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

/** A booking of one unit that is given back shows how a quota stands. */
async function quotasLeft(where: { readonly port: number; readonly realm: string }): Promise<StoreAtEnd["quotas"]> {
  await using book = await openBook({ ...where, tell: () => undefined });
  for (const target of targets) {
    const answer = await book.ledger.reserve([{ target, cost: { requests: 1, tokens: 1 } }]);
    if (answer.kind === "refused") {
      throw new Error(
        `a window later ${target.id} is still refused for ${answer.retryAfterMs} ms by ${answer.short.key}`,
      );
    }
    answer.release();
    await book.ledger.flush?.();
  }
  return book.ledger.snapshot(performance.now()).map(({ key, open, booked }) => ({ key, open, booked }));
}
