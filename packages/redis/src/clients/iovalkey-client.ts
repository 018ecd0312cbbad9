import { type IoredisLike, ioredisClient } from "./ioredis-client.ts";
import type { ScriptClient } from "./script-client.ts";

/**
 * The book through iovalkey, `Redis` or `Cluster`: a fork of ioredis, so what is said there holds here.
 * @example redisLedger({ client: iovalkeyClient(new Valkey({ enableOfflineQueue: false })), realm: "prod" })
 */
export function iovalkeyClient(valkey: IoredisLike): ScriptClient {
  return ioredisClient(valkey);
}
