import type { Target } from "../budget/target.ts";
import type { Verdict } from "./verdict.ts";

/** One attempt that failed, before anything was handed to the caller. */
export interface FailedAttempt {
  readonly target: Target;
  readonly verdict: Verdict;
  readonly error: unknown;
  /** Attempts made for this call so far, from 1 up. */
  readonly attempts: number;
}

/** What to do after a failed attempt: `exclude` is never tried again for this call. */
export type NextStep = { readonly kind: "retry"; readonly exclude: readonly Target[] } | { readonly kind: "stop" };

/** Turns a failed attempt into the next step. */
export interface FailoverPolicy {
  next(failed: FailedAttempt): NextStep;
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
        return { kind: "stop" };
      default:
        return verdict satisfies never;
    }
  },
};
