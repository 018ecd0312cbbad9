/** A limit on its way from what it was to what AWS applies now. */
export interface Ramp {
  readonly from: number;
  readonly to: number;
  /** By the monotonic clock. */
  readonly sinceMs: number;
}

/** Of the new limit: how much more of it is used with each minute, and how much of it at once. */
const sharePerMinute = 0.25;
const firstShare = 0.1;

/** What is used of it at a time: lowered ones are in force at once, raised ones come bit by bit. */
export function rampedAt({ from, to, sinceMs }: Ramp, nowMs: number): number {
  if (to <= from) return to;
  const minutes = Math.max(0, nowMs - sinceMs) / 60_000;
  return Math.min(to, from + to * sharePerMinute * minutes);
}

/** AWS applies `published` now. The first value there is needs no ramp: nothing is known that it would be gentler than. */
export function nextRamp(before: Ramp | undefined, published: number, nowMs: number): Ramp {
  if (published === before?.to) return before;
  const now = before === undefined ? published : rampedAt(before, nowMs);
  if (published <= now) return { from: published, to: published, sinceMs: nowMs };
  return { from: Math.max(now, published * firstShare), to: published, sinceMs: nowMs };
}
