import type { Learned } from "./gate-of.ts";
import { habit } from "./habit.ts";

/** When it is looked at what time brings, and how long it was not. */
export interface Tick {
  readonly nowUs: number;
  readonly sinceUs: number;
}

/**
 * While the burst is what binds it grows, until AWS refuses; what it refused at is asked for again, ever later. A step
 * is small, because what goes out together is refused together.
 */
export function grownBurst({ windowUs, known, enforcement, usualHold }: Learned, { nowUs, sinceUs }: Tick): number {
  const { bucketSize, bucketRefusedAtUs } = enforcement;
  const hasRefused = bucketSize < Number.POSITIVE_INFINITY;
  const isKnown = hasRefused && nowUs - bucketRefusedAtUs < waits(known.confirmations) * windowUs;
  if (isKnown) return known.burst;
  const most = hasRefused ? bucketSize * 1.05 + 0.04 + 2 * usualHold : habit.largestBurst;
  return Math.max(known.burst, Math.min(most, known.burst + stepOf(sinceUs / windowUs)));
}

/** Asks whether a window holds more than is believed: what it may hold, as a share of the limit. */
export function grownLimit({ windowUs, known }: Omit<Learned, "enforcement">, { nowUs, sinceUs }: Tick): number {
  const quietUs = nowUs - Math.max(known.believedSinceUs, known.refusedAtUs);
  if (quietUs < waits(known.confirmations) * windowUs) return known.limit;
  return Math.min(habit.largestAsked, known.limit + stepOf(sinceUs / windowUs));
}

/** Whether it is time to ask whether sixths are whole windows after all; ever later. */
export function reconsiders({ windowUs, known }: Learned, nowUs: number): boolean {
  return nowUs - known.believedSinceUs >= habit.reconsiderSixths * 2 ** known.reconsiderations * windowUs;
}

function stepOf(windows: number): number {
  return habit.growth * Math.min(windows, 2 / habit.ticksPerWindow);
}

/** Windows until what AWS refused is asked for again. */
function waits(confirmations: number): number {
  return Math.min(habit.confirmAfter * 10 ** Math.max(0, confirmations - 1), habit.confirmLatest);
}
