import { type ScriptClient, scriptClient } from "./script-client.ts";

/** What is used of an ioredis `Redis` or `Cluster`. */
export interface IoredisLike {
  callBuffer(command: string, args: string[]): Promise<unknown>;
}

/**
 * The book through ioredis, 5 or later, `Redis` or `Cluster`. Leave `enableAutoPipelining` off: commands are pipelined as
 * they are, and scripts run half as fast with it. Set `enableOfflineQueue: false`.
 * @example redisLedger({ client: ioredisClient(new Redis({ enableOfflineQueue: false })), realm: "prod" })
 */
export function ioredisClient(redis: IoredisLike): ScriptClient {
  return scriptClient(([name = "", ...args]) => redis.callBuffer(name, args));
}
