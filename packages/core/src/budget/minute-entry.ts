import type { Evidence } from "./evidence.ts";

/** Units of a call under way: what it holds, and what of that AWS may not have taken. */
export interface OpenUnits {
  readonly held: number;
  readonly doubt: number;
}

/** What one call has on one page, and what it will tell of AWS's limit. */
export interface MinuteEntry extends OpenUnits {
  readonly page: number;
  /** What the hold moved the arrival time by, in µs: what comes back comes back at this price. */
  readonly heldUs: number;
  readonly evidence: Evidence;
}

/**
 * Arrival time in µs that comes back when a call took `units`; below 0: that is charged for a shortfall. What comes back
 * comes back at the price it had, and what a hold of nothing took costs what it costs now.
 */
export function surplusUsOf(
  { held, heldUs }: Pick<MinuteEntry, "held" | "heldUs">,
  units: number,
  nowPriceUs: number,
): number {
  return heldUs - Math.ceil(units * (held > 0 ? heldUs / held : nowPriceUs));
}
