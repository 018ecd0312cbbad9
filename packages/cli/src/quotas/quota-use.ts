import type { QuotaPlace } from "@shardrock/core";
import type { ByMinute, UsageQuery, UsageSeries } from "@shardrock/quotas";
import type { SharedUse } from "./shared-use.ts";

/** What is known of one minute quota, and of what is used of it. */
export interface QuotaUse extends QuotaPlace {
  readonly baseModelId: string;
  readonly endpoint: "runtime" | "mantle";
  readonly scope: "on-demand" | "geo" | "global";
  readonly unit: "tokens" | "requests" | "inputTokens" | "outputTokens";
  /** Per minute; undefined: nobody knows. */
  readonly limit: number | undefined;
  /** Where the limit is from. */
  readonly from: "applied" | "default" | "config" | "unknown";
  /** In the last hour, as CloudWatch tells. */
  readonly counted: ByMinute;
  /** Of the busiest minute CloudWatch tells of; undefined: it tells of none. */
  readonly peakPerMinute: number | undefined;
  /** What is left of the limit in that minute, 0 to 1; undefined where either is not known. */
  readonly headroom: number | undefined;
  /** In the whole time that was looked at; undefined: AWS counts none there. */
  readonly throttles: number | undefined;
  /** As the book of all processes has it; undefined: nobody looked, or no process has used it. */
  readonly shared: SharedUse | undefined;
}

/** What is left of a limit, 0 to 1. */
export function headroomOf(limit: number | undefined, peakPerMinute: number | undefined): number | undefined {
  if (limit === undefined || peakPerMinute === undefined) return undefined;
  return limit === 0 ? 0 : Math.max(0, Math.min(1, 1 - peakPerMinute / limit));
}

/** What AWS counted of a metric in all its series together, minute by minute. */
export function countedOf(series: readonly UsageSeries[], isMeant: (query: UsageQuery) => boolean): ByMinute {
  const byMinute = new Map<number, number>();
  for (const each of series.filter(({ query }) => isMeant(query))) {
    for (const [minute, sum] of each.byMinute) byMinute.set(minute, (byMinute.get(minute) ?? 0) + sum);
  }
  return byMinute;
}

/** All minutes of all series of a metric. */
export function sumOf(series: readonly UsageSeries[], isMeant: (query: UsageQuery) => boolean): number {
  const meant = series.filter(({ query }) => isMeant(query));
  return meant.reduce((sum, { byMinute }) => [...byMinute.values()].reduce((total, each) => total + each, sum), 0);
}
