/** Targets in the config. */
export const configured = 10_000;

/** Candidates of a decision. */
export const sizes = [10, 40, 300] as const;

/** Medians of one process, in µs; lists are in the order of `sizes`. */
export interface DecisionCosts {
  /** p-queue's `add` of an empty job. */
  readonly jobUs: number;
  /** Calls to one busy model. */
  readonly busyUs: readonly number[];
  /** Other targets for every call. */
  readonly scatteredUs: readonly number[];
}
