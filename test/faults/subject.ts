import {
  BlockingHealth,
  type Clock,
  type FailoverPolicy,
  type Health,
  moveOnWhenUnprocessed,
  type Random,
  type Verdict,
} from "@shardrock/core";

/** What is proven: a failover policy with its health, and what they say of themselves. */
export interface Subject {
  readonly name: string;
  open(parts: { readonly clock: Clock; readonly random: Random }): {
    readonly policy: FailoverPolicy;
    readonly health: Health;
  };
  /** Verdicts after which a call may be tried again. */
  readonly movesOnAfter: ReadonlySet<Verdict["kind"]>;
  /** Retries of what may have been processed, for each call. */
  readonly ambiguousRetries: number;
  /** Retries of all calls together: at most so many a call, and a floor; undefined: bounded by targets and deadline only. */
  readonly retryBudget: { readonly share: number; readonly floor: number } | undefined;
}

/** What core does by itself: it moves on what AWS did not process. */
export const coreSubject: Subject = {
  name: "core",
  open: ({ clock }) => ({ policy: moveOnWhenUnprocessed, health: new BlockingHealth({ clock }) }),
  movesOnAfter: new Set(["throttled", "account-failed", "target-denied", "unreachable"]),
  ambiguousRetries: 0,
  retryBudget: undefined,
};
