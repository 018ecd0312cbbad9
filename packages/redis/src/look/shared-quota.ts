import type { Quota, QuotaSnapshot } from "@shardrock/core";
import { QuotaLearner, snapshotOf } from "@shardrock/core/book";
import type { ScriptReply } from "../clients/script-client.ts";
import { readPageRecord } from "../ledger/page-record.ts";
import { Settled } from "../ledger/settled.ts";
import { pageFields } from "../store/page-layout.ts";
import { bytesOf, listOf, Numbers, textOf } from "../store/reply-reader.ts";
import { ringOfPage } from "../store/ring-reader.ts";
import { learnedPageOf } from "../store/stored-gate.ts";

/** What a shared book holds on one minute quota, of all processes together. */
export interface SharedQuota extends QuotaSnapshot {
  /** Grows with everything that is learned of it. */
  readonly version: number;
  /** Units that calls took which ended in the last 46 minutes, by the minute's beginning in ms since 1970. */
  readonly settledByMinute: ReadonlyMap<number, number>;
}

/** The store's clock: what it shows, and when it showed 0, in µs since 1970. */
export interface StoreTime {
  readonly nowUs: number;
  readonly epochUs: number;
}

/** What a look brought of one quota: page, ring, what is learned, what was settled. */
export type QuotaParts = readonly (ScriptReply | undefined)[];

const learnedBytes = 88;

/** @returns undefined where no process has used it in the last days, or what the store holds makes no sense. */
export function sharedQuotaOf(quota: Quota, parts: QuotaParts, time: StoreTime): SharedQuota | undefined {
  const [page, ring, learned] = [bytesOf(parts[0]), bytesOf(parts[1]), bytesOf(parts[2])];
  if (learned.byteLength < learnedBytes) return undefined;
  const { nowUs } = time;
  const { version, record } = learnedPageOf(quota.key, learned);
  const windowUs = quota.windowMs * 1e3;
  const read = readPageRecord(record, { windowUs, nowUs });
  const counts = countsOf(page, ring, nowUs);
  if (read === undefined || counts === undefined) return undefined;
  const learner = new QuotaLearner(windowUs);
  learner.adopt(read.quota);
  learner.read(nowUs);
  return { ...snapshotOf(quota, learner, counts), version, settledByMinute: settledOf(quota.key, parts[3], time) };
}

function countsOf(page: Uint8Array, ring: Uint8Array, nowUs: number): Parameters<typeof snapshotOf>[2] | undefined {
  // A page that nobody has used for an hour is gone.
  if (page.byteLength === 0) return { booked: 0, open: 0, inWindow: 0 };
  if (page.byteLength !== pageFields.length * 8) return undefined;
  const numbers = new Numbers(page);
  const numberOf = (field: (typeof pageFields)[number]): number => numbers.at(pageFields.indexOf(field));
  const booked = [...ringOfPage(page, ring, nowUs).values()].reduce((sum, units) => sum + units, 0);
  const missing = nowUs < numberOf("missingUntil") ? numberOf("missing") : 0;
  const counts = { booked, open: Math.max(0, numberOf("open")), inWindow: booked + missing };
  return Object.values(counts).every(Number.isFinite) ? counts : undefined;
}

function settledOf(
  key: string,
  part: ScriptReply | undefined,
  { nowUs, epochUs }: StoreTime,
): SharedQuota["settledByMinute"] {
  const texts = listOf(part).map((each) => Number(textOf(each)));
  const slots = texts.flatMap((slot, place) =>
    place % 2 === 0 ? [[slot, texts[place + 1] ?? Number.NaN] as const] : [],
  );
  const sound = slots.filter(([slot, units]) => Number.isInteger(slot) && units >= 0 && Number.isFinite(units));
  const settled = new Settled();
  const [question] = settled.questions([key], nowUs);
  if (question !== undefined) {
    const recent = sound.filter(([slot]) => slot >= question.sinceSlot);
    settled.told(question, new Map([[key, new Map(recent)]]), nowUs);
  }
  return settled.byMinute(key, epochUs);
}
