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
