import { FixedWindow } from "./fixed-window.ts";
import type { Limiter, LimiterShape } from "./limiter.ts";
import { SlidingLog } from "./sliding-log.ts";
import { TokenBucket } from "./token-bucket.ts";

/** The ways AWS might enforce a minute quota; it does not say which. */
export const limiterKinds = ["bucket100", "bucket25", "bucket12", "fixed60", "sliding60", "fixed10"] as const;
export type LimiterKind = (typeof limiterKinds)[number];

/** Makes a limiter of a kind: buckets hold 100 %, 25 % or 12.5 % of a window; fixed10 is sixths in windows a sixth as long. */
export function limiterOf(kind: LimiterKind, shape: LimiterShape): Limiter {
  const { limit, windowMs } = shape;
  switch (kind) {
    case "bucket100":
      return new TokenBucket(limit, windowMs, 1);
    case "bucket25":
      return new TokenBucket(limit, windowMs, 0.25);
    case "bucket12":
      return new TokenBucket(limit, windowMs, 0.125);
    case "fixed60":
      return new FixedWindow(shape);
    case "sliding60":
      return new SlidingLog(limit, windowMs);
    case "fixed10":
      return new FixedWindow(shape, 6);
    default:
      return kind satisfies never;
  }
}
