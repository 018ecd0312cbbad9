import { type IoredisLike, ioredisClient } from "./ioredis-client.ts";
import type { ScriptClient } from "./script-client.ts";

/**
 * The book through iovalkey, `Redis` or `Cluster`: a fork of ioredis, so what is said there holds here.
 * @example
 * const options = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 };
 * redisLedger({ client: iovalkeyClient(new Valkey(options)), realm: "prod" });
 */
export function iovalkeyClient(valkey: IoredisLike): ScriptClient {
  return ioredisClient(valkey);
}
