import type { QuotaPlace } from "@shardrock/core";
import { meaningOf } from "../mapping/meaning-of.ts";
import type { ProfileRow } from "../reader/aws-reader.ts";
import { type KnownRow, mergedRows, type QuotaLists } from "./known-row.ts";
import { isOfInference, type QuotaIndex, quotaIndex } from "./quota-index.ts";
import { nextRamp, type Ramp, rampedAt } from "./ramp.ts";

/** The quotas of one account and Region, as AWS told last. */
export interface KnownQuotas {
  /** Those of inference only. */
  readonly rows: readonly KnownRow[];
  /** By the monotonic clock; below 0 for what another process has read before. */
  readonly readAtMs: number;
  readonly index: QuotaIndex;
  /** The way of each slot to what is published. */
  readonly ramps: ReadonlyMap<string, Ramp>;
}

/** The profiles of one account and Region, as AWS told last. */
export interface KnownProfiles {
  readonly rows: readonly ProfileRow[];
  readonly readAtMs: number;
}

/** What is known of one account and Region. */
export interface KnownPlace {
  readonly place: QuotaPlace;
  readonly quotas: KnownQuotas | undefined;
  readonly profiles: KnownProfiles | undefined;
}

/** What has been known of a place, with quotas that were read just now. */
export function afterReading(before: KnownQuotas | undefined, lists: QuotaLists, nowMs: number): KnownQuotas {
  const rows = mergedRows(lists, before?.rows ?? []).filter((row) => isOfInference(meaningOf(row)));
  return knownQuotas(rows, { readAtMs: nowMs, nowMs, before });
}

/** When rows were read, and what was known until then. */
export interface KnownSince {
  readonly readAtMs: number;
  readonly nowMs: number;
  readonly before?: KnownQuotas | undefined;
}

export function knownQuotas(rows: readonly KnownRow[], { readAtMs, nowMs, before }: KnownSince): KnownQuotas {
  const index = quotaIndex(rows);
  const ramps = [...index.published].map(
    ([slot, value]) => [slot, nextRamp(before?.ramps.get(slot), value, nowMs)] as const,
  );
  return { rows, readAtMs, index, ramps: new Map(ramps) };
}

/** Whether a limit is still on its way up. */
export function isRamping({ quotas }: KnownPlace, nowMs: number): boolean {
  return quotas !== undefined && [...quotas.ramps.values()].some((ramp) => rampedAt(ramp, nowMs) < ramp.to);
}
