import { ShardrockError } from "@shardrock/core";
import { ioredisClient, type ScriptClient } from "@shardrock/redis";
import type { Cluster, Redis, RedisOptions } from "ioredis";
import type { StoreUrl } from "./store-url.ts";

const connectTimeoutMs = 5_000;

/**
 * Asks a store once, over a connection of its own: a single server, or any node of a cluster.
 * @param ask - what to ask; its errors are told without the URL, which may hold a password.
 * @throws {ShardrockError} `ledger-unavailable` naming host and port, and what went wrong.
 */
export async function askStore<Answer>(
  url: StoreUrl,
  ask: (client: ScriptClient) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  // Only those who have a shared book need it.
  const { Redis, Cluster } = await import("ioredis");
  const single = new Redis(url.secret, { ...once, lazyConnect: true });
  try {
    return await over(single, ask, { url, signal });
  } catch (error) {
    if (!isOfCluster(error)) throw error;
  }
  const { host, port, username, password, tls } = single.options;
  const node = {
    ...once,
    ...(typeof username === "string" && { username }),
    ...(typeof password === "string" && { password }),
    ...(tls && { tls }),
  };
  const cluster = new Cluster([{ host: host ?? "", port: port ?? 0 }], {
    redisOptions: node,
    clusterRetryStrategy: () => null,
    // The names in a certificate are those that nodes were asked by.
    ...(tls && { dnsLookup: (address, done) => done(null, address) }),
    lazyConnect: true,
  });
  return over(cluster, ask, { url, signal });
}

/** Nothing is tried again: whoever watches looks again anyway. */
const once = {
  connectTimeout: connectTimeoutMs,
  commandTimeout: connectTimeoutMs,
  maxRetriesPerRequest: 0,
  enableReadyCheck: false,
  autoResendUnfulfilledCommands: false,
  retryStrategy: () => null,
} satisfies RedisOptions;

interface Asking {
  readonly url: StoreUrl;
  readonly signal: AbortSignal;
}

async function over<Answer>(
  redis: Redis | Cluster,
  ask: (client: ScriptClient) => Promise<Answer>,
  { url, signal }: Asking,
): Promise<Answer> {
  let lastError: unknown;
  redis.on("error", (error: unknown) => (lastError ??= error));
  const stop = (): void => redis.disconnect();
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    await redis.connect();
    return await ask(ioredisClient(redis));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ShardrockError && error.code === "option-invalid") throw error;
    if (isOfCluster(error)) throw error;
    const cause = lastError ?? error;
    throw new ShardrockError("ledger-unavailable", `the store at ${url.place} cannot be read: ${said(cause)}`, {
      cause,
    });
  } finally {
    signal.removeEventListener("abort", stop);
    redis.disconnect();
  }
}

/** A node of a cluster that another node's keys were asked of. */
function isOfCluster(error: unknown): boolean {
  return error instanceof Error && "reason" in error && error.reason === "MOVED";
}

const advice: ReadonlyMap<string, string> = new Map([
  ["WRONGPASS", "its user or password is wrong"],
  ["NOAUTH", "it wants a user and password in the URL"],
  ["NOPERM", "its user may not run scripts that read this realm's keys"],
]);

/** What went wrong, and what to do where that is known. */
function said(cause: unknown): string {
  const own = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : "";
  const told = cause instanceof Error ? cause.message : String(cause);
  const text = own === "" ? told : own;
  const word = /\b[A-Z]{4,}\b/.exec(text)?.[0] ?? "";
  const known = advice.get(word);
  return `${text.slice(0, 300)}${known === undefined ? "" : `; ${known}`}`;
}
