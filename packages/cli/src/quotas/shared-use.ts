import type { Quota } from "@shardrock/core";
import { surplusPerMinute } from "@shardrock/quotas";
import { readSharedBook, type SharedBookView } from "@shardrock/redis";
import type { CommandInput } from "../command-line/command-input.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { askStore } from "./open-store.ts";
import type { PlaceQuotas } from "./place-quotas.ts";
import { quotaKeyOf } from "./configured-limit.ts";
import type { QuotaUse } from "./quota-use.ts";
import { storeUrl, type StoreUrl } from "./store-url.ts";

/** Which shared book to look into. */
export interface AskedBook {
  readonly url: StoreUrl;
  readonly realm: string;
}

/** What the book of all processes says of one quota, in its units; undefined in a `QuotaUse`: none of them has used it. */
export interface SharedUse {
  /** Booked in the last minute, and what of that calls under way hold. */
  readonly booked: number;
  readonly open: number;
  /** That could still start in this minute. */
  readonly free: number;
  /** Per minute, as the processes were told that AWS applies it. */
  readonly published: number;
  /** Per minute, as far as they may use it. */
  readonly limit: number;
  /** What is left of it, 0 to 1. */
  readonly headroom: number;
  /** Per minute: what AWS counted beyond what the processes used; undefined: too little is counted to tell. */
  readonly drift: number | undefined;
}

/** The store and realm that were asked for; undefined: none, so the book is idle. @throws {UsageError} */
export function askedBook(
  input: CommandInput,
  env: Readonly<Record<string, string | undefined>>,
): AskedBook | undefined {
  const option = input.text("store");
  const text = option ?? env["SHARDROCK_STORE"];
  const realm = input.text("realm");
  if (text === undefined || text === "") {
    if (realm === undefined) return undefined;
    throw new UsageError("--realm is for --store, or the variable SHARDROCK_STORE");
  }
  const told = option === undefined ? "the variable SHARDROCK_STORE" : "--store";
  if (realm === undefined) throw new UsageError(`${told} needs --realm: the realm that the routers give redisLedger()`);
  return { url: storeUrl(text, told), realm };
}

/** Looks into the book of all processes for every quota that was read. @throws {ShardrockError} */
export function lookIntoBook(
  { url, realm }: AskedBook,
  places: readonly PlaceQuotas[],
  signal: AbortSignal,
): Promise<SharedBookView> {
  const quotas = places.flatMap(({ uses }) => uses).map(quotaOf);
  return askStore(url, (client) => readSharedBook({ client, realm, quotas }), signal);
}

function quotaOf(use: QuotaUse): Quota {
  return { key: quotaKeyOf(use), unit: use.unit, windowMs: minuteMs };
}

const minuteMs = 60_000;
/** So long the book keeps what was settled; what AWS counted before cannot be compared. */
const keptMs = 45 * minuteMs;

/** Adds to every quota what the book says of it. */
export function withBook(places: readonly PlaceQuotas[], book: SharedBookView, nowMs: number): readonly PlaceQuotas[] {
  return places.map((place) => ({
    ...place,
    uses: place.uses.map((use) => ({ ...use, shared: sharedUse(use, book, nowMs) })),
  }));
}

function sharedUse(use: QuotaUse, { quotas }: SharedBookView, nowMs: number): SharedUse | undefined {
  const found = quotas.get(quotaKeyOf(use));
  if (found === undefined) return undefined;
  const { booked, open, free, limit, cappedFrom: published = limit, settledByMinute } = found;
  const counted = new Map([...use.counted].filter(([minute]) => minute >= nowMs - keptMs));
  const drift = surplusPerMinute({ counted, own: settledByMinute }, use.limit ?? limit);
  return { booked, open, free, published, limit, headroom: limit === 0 ? 0 : Math.min(1, free / limit), drift };
}
