/** How one trace came out, forecast or real. Shares run 0 to 1. */
export interface Outcome {
  /** Of the calls that came. */
  readonly served: number;
  /** Refused for lack of room in time. */
  readonly refused: number;
  /** Calls that came out in any other way. */
  readonly failed: number;
  /** Attempts that AWS refused, of all attempts. */
  readonly throttled: number;
  /** Of the calls that were served, in ms. */
  readonly waits: Readonly<Record<WaitName, number>>;
  /** What calls took, of what each account's quota carried from the first call to the last. */
  readonly utilisation: readonly number[];
}

export const waitNames = ["p50", "p95", "p99"] as const;
export type WaitName = (typeof waitNames)[number];

/** What a real run tells besides. */
export interface RealOutcome extends Outcome {
  readonly calls: number;
  /** What the calls would take if all were served, of what the quotas carry. */
  readonly offered: number;
  /** How late the process's timers were, in ms: the 99th percentile, and the latest. */
  readonly lagP99Ms: number;
  readonly lagMostMs: number;
  /** Time of a served call beside its wait and the model's, in ms: median and 99th percentile. */
  readonly overheadP50Ms: number;
  readonly overheadP99Ms: number;
}

/** The value that a share of all does not exceed; 0 where there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
