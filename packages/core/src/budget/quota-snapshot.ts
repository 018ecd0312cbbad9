import type { EnforcementKind } from "./enforcement.ts";
import type { Quota, Unit } from "./quota.ts";
import type { QuotaLearner } from "./quota-learner.ts";

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

/** What a book has on one quota, in its units. */
export interface Counts {
  /** In the last window. */
  readonly booked: number;
  readonly open: number;
  /** In the window that counts. */
  readonly inWindow: number;
}

/** What a book with these counts shows of a quota, by what is known of it. */
export function snapshotOf(quota: Quota, learner: QuotaLearner, { booked, open, inWindow }: Counts): QuotaSnapshot {
  const { published, foreignUse, most, usable, gate, mayHold, enforcement } = learner;
  const room = gate.window === undefined ? usable : mayHold - inWindow;
  const free = Math.max(0, Math.min(room, usable - booked));
  const surplus = booked - usable;
  return {
    key: quota.key,
    unit: quota.unit,
    windowMs: quota.windowMs,
    limit: Math.min(published, most),
    ...(published > most ? { cappedFrom: published } : {}),
    ...(foreignUse > 0 ? { foreignUse } : {}),
    booked,
    open,
    free,
    learnedLimit: usable,
    burst: Math.min(gate.burst, 1) * usable,
    enforcement,
    exhaustedInMs: free === 0 ? 0 : surplus > 0 ? (free / surplus) * quota.windowMs : Number.POSITIVE_INFINITY,
  };
}
