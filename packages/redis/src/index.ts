export { ioredisClient, type IoredisLike } from "./clients/ioredis-client.ts";
export { iovalkeyClient } from "./clients/iovalkey-client.ts";
export { nodeRedisClient, type NodeRedisClusterLike, type NodeRedisLike } from "./clients/node-redis-client.ts";
export type { ScriptClient } from "./clients/script-client.ts";
export { redisLedger } from "./redis-ledger.ts";
export type { RedisLedgerOptions } from "./ledger-options.ts";
export { readSharedBook, type SharedBookLook, type SharedBookView } from "./look/read-shared-book.ts";
export type { SharedQuota } from "./look/shared-quota.ts";
