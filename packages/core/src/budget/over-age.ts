import { type Ages, noAges } from "./evidence.ts";
import type { WindowRing } from "./window-ring.ts";

/** What a window must hold beyond its limit to be surely over it, and short of it to be surely under, as shares. */
const surely = { over: 1.01, under: 0.998 } as const;

/** A booking whose windows are looked at. */
export interface Look {
  readonly limit: number;
  readonly windowUs: number;
  /** When it was booked, and in which slot of the ring. */
  readonly atUs: number;
  readonly slot: number;
}

/**
 * Ages from which on windows were surely over their limit with a booking that the ring holds.
 * @param doubt - units of it that AWS may not have taken.
 */
export function surelyOver(ring: WindowRing, { limit, windowUs, atUs, slot }: Look, doubt: number): Ages {
  const most = limit * surely.over;
  if (ring.sum <= most / 6 + doubt) return noAges;
  const whole = ring.sum <= most + doubt ? undefined : ring.overSince(most + doubt, slot, windowUs);
  const sixth = ring.overSince(most / 6 + doubt, slot, windowUs / 6);
  return { whole: ageOf(whole?.fromUs, atUs), sixth: ageOf(sixth?.fromUs, atUs) };
}

/** Ages from which on windows may have been over their limit with `refused` more units than the ring holds. */
export function maybeOver(ring: WindowRing, { limit, windowUs, atUs, slot }: Look, refused: number): Ages {
  const least = limit * surely.under;
  const whole = ring.overSince(least - refused, slot, windowUs);
  const sixth = ring.overSince(least / 6 - refused, slot, windowUs / 6);
  return { whole: ageOf(whole?.untilUs, atUs), sixth: ageOf(sixth?.untilUs, atUs) };
}

function ageOf(edgeUs: number | undefined, atUs: number): number {
  return edgeUs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, atUs - edgeUs);
}
