/** One quota as the simulated AWS enforces it. Counts in tokens (or requests) and knows nothing of the router. */
export interface Limiter {
  /** Whether a hold fits now. */
  fits(hold: number, nowMs: number): boolean;
  /** Takes a hold that fits, and returns the entry to end later. */
  take(hold: number, nowMs: number): LimiterEntry;
  /** The call ended: the entry becomes `actual`. */
  end(entry: LimiterEntry, actual: number, nowMs: number): void;
  /** Milliseconds until a hold would fit if nothing else happened; Infinity when it never can. */
  fitsInMs(hold: number, nowMs: number): number;
  /** From now on the limit is another; what was taken stays taken. */
  limitTo(limit: number, nowMs: number): void;
}

/** What was taken, and when. */
export interface LimiterEntry {
  amount: number;
  readonly takenAtMs: number;
}

/** One limit and the window it speaks of; the phase shifts fixed windows. */
export interface LimiterShape {
  /** Units per window. */
  readonly limit: number;
  readonly windowMs: number;
  readonly phaseMs: number;
}
