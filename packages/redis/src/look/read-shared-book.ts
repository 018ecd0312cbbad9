import { dayWindowMs, type Quota } from "@shardrock/core";
import type { ScriptClient, ScriptReply } from "../clients/script-client.ts";
import { serverTime, type TimeSource } from "../scripts/lua/clock.ts";
import { lookScript } from "../scripts/look.ts";
import { keysOf } from "../store/keys.ts";
import { bytesOf, listOf, Numbers } from "../store/reply-reader.ts";
import { type SharedQuota, sharedQuotaOf, type StoreTime } from "./shared-quota.ts";

/** Which book to look into. */
export interface SharedBookLook {
  /** As for `redisLedger`. */
  readonly client: ScriptClient;
  /** As for `redisLedger`. */
  readonly realm: string;
  /** Those to be told of; day quotas are left out. */
  readonly quotas: Iterable<Quota>;
  /** For tests: where the script has its time from; else the server's clock. */
  readonly time?: TimeSource;
}

/** A shared book as it stood at one instant. */
export interface SharedBookView {
  /** False: the store holds nothing of this realm, so its routers are elsewhere, or have another realm. */
  readonly isThere: boolean;
  /** Processes that share it and live. */
  readonly processes: number;
  /** By key; without those that no process has used in the last days. */
  readonly quotas: ReadonlyMap<string, SharedQuota>;
}

/** Quotas in one script: the server does nothing else meanwhile. */
const quotasAtOnce = 32;
const partsOfQuota = 4;

/**
 * Looks into a shared book without a part in it: it does not count as a process, opens no page and writes nothing.
 * @throws {ShardrockError} `option-invalid` where the realm cannot be one. @throws {StoreFault} where the store does not answer.
 * @example await readSharedBook({ client: ioredisClient(redis), realm: "prod", quotas: target.quotas })
 */
export async function readSharedBook(look: SharedBookLook): Promise<SharedBookView> {
  const { client, realm, time = serverTime } = look;
  const keys = keysOf(realm);
  const script = lookScript(time);
  const minutes = new Map([...look.quotas].flatMap((each) => (each.windowMs < dayWindowMs ? [[each.key, each]] : [])));
  const all = [...minutes.values()];
  const found = new Map<string, SharedQuota>();
  let state: LookState = { isThere: false, processes: 0 };
  for (let from = 0; from === 0 || from < all.length; from += quotasAtOnce) {
    const asked = all.slice(from, from + quotasAtOnce);
    const names = [keys.state, ...asked.map(({ key }) => keys.page(key))];
    const [now, kept, living, ...parts] = listOf(await client.run(script, names, []));
    const time = timeOf(now, kept);
    state = { isThere: time.isThere, processes: livingOf(living, time.nowUs) };
    for (const [place, quota] of asked.entries()) {
      const own = parts.slice(place * partsOfQuota, (place + 1) * partsOfQuota);
      const shared = sharedQuotaOf(quota, own, time);
      if (shared !== undefined) found.set(quota.key, shared);
    }
  }
  return { ...state, quotas: found };
}

type LookState = Pick<SharedBookView, "isThere" | "processes">;

/** As scripts that may write would have it: what lies between the two clocks is kept with the book. */
function timeOf(
  now: ScriptReply | undefined,
  kept: ScriptReply | undefined,
): StoreTime & { readonly isThere: boolean } {
  const rawUs = new Numbers(now).at(0);
  const state = new Numbers(kept);
  if (state.length !== 4) return { isThere: false, nowUs: rawUs, epochUs: 0 };
  const nowUs = Math.max(state.at(0), rawUs + state.at(1));
  return { isThere: true, nowUs, epochUs: rawUs - nowUs };
}

/** Of pairs of a name and until when it lives. */
function livingOf(living: ScriptReply | undefined, nowUs: number): number {
  const untils = listOf(living).filter((_, place) => place % 2 === 1);
  return untils.filter((until) => bytesOf(until).byteLength >= 8 && new Numbers(until).at(0) > nowUs).length;
}
