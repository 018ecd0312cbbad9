import type { FaultLine } from "./history-line.ts";
import type { HistoryWorld } from "./world.ts";

/** A time, both ends included. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Faults of the store. A process that is killed harms nobody else. */
export function isOutage({ fault }: FaultLine): boolean {
  return fault !== "kill";
}

/**
 * Units beyond the limit that the documented loss of the store allows in a span: while it is gone, and until all know that
 * it is back, the processes together go on with their share of the limit, each with one call at least.
 */
export function lossAllowance(
  faults: readonly FaultLine[],
  span: Span,
  { limit, largest, world }: { readonly limit: number; readonly largest: number; readonly world: HistoryWorld },
): number {
  const goneUs = lengthOf(
    faults.filter(isOutage).map(({ fromUs, toUs }) => overlap({ fromUs, toUs: toUs + world.graceUs }, span)),
  );
  if (goneUs === 0) return 0;
  return (world.localShare * limit * goneUs) / world.windowUs + world.processes * largest;
}

export function overlap(one: Span, other: Span): Span {
  return { fromUs: Math.max(one.fromUs, other.fromUs), toUs: Math.min(one.toUs, other.toUs) };
}

/** Of their union; what ends before it begins is nothing. */
function lengthOf(spans: readonly Span[]): number {
  let untilUs = Number.NEGATIVE_INFINITY;
  let sumUs = 0;
  for (const { fromUs, toUs } of spans.toSorted((one, other) => one.fromUs - other.fromUs)) {
    const sinceUs = Math.max(fromUs, untilUs);
    if (toUs <= sinceUs) continue;
    sumUs += toUs - sinceUs;
    untilUs = toUs;
  }
  return sumUs;
}
