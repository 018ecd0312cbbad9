import { keysOf } from "../../../packages/redis/src/store/keys.ts";
import type { TimeSource } from "../../../packages/redis/src/scripts/lua/clock.ts";

/** Scripts of a realm take their time, in µs, from a key that tests write. */
export function settableTime(realm: string): TimeSource {
  return `local raw = tonumber(redis.call("GET", "${keysOf(realm).clock}"))`;
}
