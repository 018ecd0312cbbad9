import { FixedWindow } from "./fixed-window.ts";
import type { Limiter } from "./limiter.ts";
import { SlidingLog } from "./sliding-log.ts";
import { TokenBucket } from "./token-bucket.ts";

/** The ways AWS might enforce a minute quota; it does not say which. */
export const limiterKinds = ["bucket100", "bucket25", "bucket12", "fixed60", "sliding60", "fixed10"] as const;
export type LimiterKind = (typeof limiterKinds)[number];

/** One limit and the window it speaks of; the phase shifts fixed windows. */
export interface LimiterShape {
  /** Units per window. */
  readonly limit: number;
  readonly windowMs: number;
  readonly phaseMs: number;
}

/** Makes a limiter of a kind: buckets hold 100 %, 25 % or 12.5 % of a window; fixed10 is sixths in windows a sixth as long. */
export function limiterOf(kind: LimiterKind, { limit, windowMs, phaseMs }: LimiterShape): Limiter {
  switch (kind) {
    case "bucket100":
      return new TokenBucket(limit, windowMs, 1);
    case "bucket25":
      return new TokenBucket(limit, windowMs, 0.25);
    case "bucket12":
      return new TokenBucket(limit, windowMs, 0.125);
    case "fixed60":
      return new FixedWindow(limit, windowMs, phaseMs);
    case "sliding60":
      return new SlidingLog(limit, windowMs);
    case "fixed10":
      return new FixedWindow(limit / 6, windowMs / 6, phaseMs);
    default:
      return kind satisfies never;
  }
}
