import { Redis } from "ioredis";
import { ioredisClient } from "../../../packages/redis/src/clients/ioredis-client.ts";
import type { StoredGate } from "../../../packages/redis/src/store/book-store.ts";
import { type Keys, keysOf } from "../../../packages/redis/src/store/keys.ts";
import { ScriptStore } from "../../../packages/redis/src/store/script-store.ts";
import { settableTime } from "./clock-source.ts";
import type { RedisServer } from "./redis-server.ts";

/** When every world begins, in µs: a full minute. */
export const beginUs = 1_800_000_000_000_000;
export const minuteUs = 60_000_000;

/** A realm on a server, with a clock that only tests move. */
export interface StoreWorld extends AsyncDisposable {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly store: ScriptStore;
  nowUs(): number;
  /** The same book as another process sees it. */
  storeOf(processId: string): ScriptStore;
  setTime(us: number): Promise<void>;
  advance(us: number): Promise<void>;
}

let realms = 0;

/** A new realm on a server. */
export async function storeWorld(server: RedisServer): Promise<StoreWorld> {
  const redis = new Redis({ path: server.path, enableOfflineQueue: true });
  const realm = `test-${(realms += 1)}`;
  const keys = keysOf(realm);
  let nowUs = beginUs;
  const storeOf = (processId: string): ScriptStore => {
    return new ScriptStore({ client: ioredisClient(redis), realm, processId, time: settableTime(realm) });
  };
  const setTime = async (us: number): Promise<void> => {
    nowUs = us;
    await redis.set(keys.clock, String(us), "EX", 3600);
  };
  await setTime(beginUs);
  return {
    redis,
    keys,
    store: storeOf("one"),
    nowUs: () => nowUs,
    storeOf,
    setTime,
    advance: (us) => setTime(nowUs + us),
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}

/** A gate of a quota of one minute: a bucket of a window's half, unless told. */
export function gateOf(limit: number, gate: Partial<StoredGate> = {}): StoredGate {
  return {
    priceUs: minuteUs / limit,
    burstUs: minuteUs / 2,
    mayHold: Number.POSITIVE_INFINITY,
    window: "none",
    mayAsk: false,
    pausedUntilUs: 0,
    windowUs: minuteUs,
    ...gate,
  };
}
