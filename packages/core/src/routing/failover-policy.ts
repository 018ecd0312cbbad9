import type { Target } from "../budget/target.ts";
import type { BegunAttempt, Hedge } from "./hedge.ts";
import type { Verdict } from "./verdict.ts";

/** Where a call was tried, and what came of it. */
export interface TriedTarget {
  readonly target: Target;
  readonly verdict: Verdict;
}

/** One attempt that failed, before anything was handed to the caller. */
export interface FailedAttempt extends TriedTarget {
  readonly error: unknown;
  /** Attempts made for this call so far, from 1 up. */
  readonly attempts: number;
  /** Every attempt so far, this one last. */
  readonly tried: readonly TriedTarget[];
  /** Where the call might still go, this target among them; some may be blocked or full now. */
  readonly candidates: readonly Target[];
}

/**
 * What to do after a failed attempt: `exclude` is never tried again for this call. `avoid` is not tried next while anything
 * else may be used. `afterMs` is how long the call stays out of the waiting room; at once unless told.
 */
export type NextStep =
  | {
      readonly kind: "retry";
      readonly exclude: readonly Target[];
      readonly avoid?: readonly Target[];
      readonly afterMs?: number;
    }
  | { readonly kind: "stop" };

/** Turns a failed attempt into the next step. */
export interface FailoverPolicy {
  next(failed: FailedAttempt): NextStep;
  /**
   * Whether an attempt that hangs, and has handed out nothing, is broken off to be made again elsewhere; if not, it goes on
   * until its timer ends it. When it has failed then, with the same error, `next` is asked.
   */
  breaksOff?(hung: FailedAttempt): boolean;
  /** A call has come; for budgets that are a share of all calls. */
  begins?(): void;
  /** Whether an attempt that has just begun is hedged, and how; undefined: it is not. Asked while no other runs. */
  readonly hedge?: ((begun: BegunAttempt) => Hedge | undefined) | undefined;
}

/**
 * Moves a call on when AWS did not process it, and only then. A throttled target is not excluded: its page of the book
 * now says when it has room again. One without quotas has no page, and would be asked again at once and for ever.
 */
export const moveOnWhenUnprocessed: FailoverPolicy = {
  next({ target, verdict }) {
    switch (verdict.kind) {
      case "throttled":
        return { kind: "retry", exclude: target.quotas.length === 0 ? [target] : [] };
      case "account-failed":
      case "session-refused":
      case "target-denied":
      case "unreachable":
      case "not-ready":
        return { kind: "retry", exclude: [target] };
      case "overloaded":
        return verdict.isRefusal === true ? { kind: "retry", exclude: [target] } : { kind: "stop" };
      case "ambiguous":
      case "invalid":
      case "aborted":
      case "outrun":
        return { kind: "stop" };
      default:
        return verdict satisfies never;
    }
  },
};
