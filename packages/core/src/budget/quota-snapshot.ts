import type { EnforcementKind } from "./enforcement.ts";
import type { Unit } from "./quota.ts";

/** What the book knows of one minute quota at an instant. Amounts are in the quota's unit. */
export interface QuotaSnapshot {
  readonly key: string;
  readonly unit: Unit;
  readonly windowMs: number;
  /** Units per window as published or configured, or as far as they may be used. */
  readonly limit: number;
  /** Units per window as published or configured; only where less may be used, as the config says. */
  readonly cappedFrom?: number;
  /** Units per window of `limit` that others use, as far as it is known; only where some do. */
  readonly foreignUse?: number;
  /** Units booked in the last window, each call as it stands now. */
  readonly booked: number;
  /** Of these, held by calls under way. */
  readonly open: number;
  /** Units that could still start in this window. */
  readonly free: number;
  /** Units per window that AWS seems to keep, as far as they may be used; `limit` until evidence says otherwise. */
  readonly learnedLimit: number;
  /** Units that may start at once after a quiet time. */
  readonly burst: number;
  /** How AWS seems to count; `unknown`: the book keeps what is safe under all of them. */
  readonly enforcement: EnforcementKind | "unknown";
  /** Milliseconds until nothing is free at the pace of the last window; Infinity: it lasts. */
  readonly exhaustedInMs: number;
}
