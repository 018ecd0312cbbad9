import { Buffer } from "node:buffer";
import { type ScriptClient, scriptClient } from "./script-client.ts";

interface Options {
  readonly typeMapping: Readonly<Record<number, unknown>>;
}

/** What is used of a client of node-redis. */
export interface NodeRedisLike {
  sendCommand(args: string[], options?: Options): Promise<unknown>;
}

/** What is used of a cluster of node-redis. */
export interface NodeRedisClusterLike {
  /** What tells it from a client. */
  readonly masters: readonly unknown[];
  sendCommand(firstKey: string, isReadonly: boolean, args: string[], options?: Options): Promise<unknown>;
}

/** Bulk strings (`$` in RESP) as bytes. Source: node-redis 5, `RESP_TYPES.BLOB_STRING` (read 2026-11-23). */
const bytes: Options = { typeMapping: { 36: Buffer } };

/**
 * The book through node-redis, 5 or later: `createClient` or `createCluster`, connected by its owner. Set
 * `disableOfflineQueue: true`, and listen to its `error` events, which else end the process.
 * @example redisLedger({ client: nodeRedisClient(await createClient({ disableOfflineQueue: true }).connect()), realm: "prod" })
 */
export function nodeRedisClient(redis: NodeRedisLike | NodeRedisClusterLike): ScriptClient {
  return "masters" in redis
    ? scriptClient((command, firstKey) => redis.sendCommand(firstKey, false, [...command], bytes))
    : scriptClient((command) => redis.sendCommand([...command], bytes));
}
