import { type ScriptClient, scriptClient } from "./script-client.ts";

/** What is used of an ioredis `Redis` or `Cluster`. */
export interface IoredisLike {
  callBuffer(command: string, args: string[]): Promise<unknown>;
}

/**
 * The book through ioredis, 5 or later, `Redis` or `Cluster`. Leave `enableAutoPipelining` off: commands are pipelined as
 * they are, and scripts run half as fast with it. Of its `options`, `enableOfflineQueue: false` keeps commands from queueing
 * while nobody is connected, `autoResendUnfulfilledCommands: false` from being sent again after a lost connection, when nobody
 * waits for them any more; with that, `maxRetriesPerRequest: 0` lets those under way fail.
 * @example
 * const options = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 };
 * redisLedger({ client: ioredisClient(new Redis(options)), realm: "prod" });
 */
export function ioredisClient(redis: IoredisLike): ScriptClient {
  return scriptClient(([name = "", ...args]) => redis.callBuffer(name, args));
}
