import type { ThrottleEvidence } from "../budget/ledger.ts";

/** What a failed attempt means. `classify` makes it; the failover policy turns it into the next step. */
export type Verdict =
  /** A quota said no; nothing was processed. */
  | { readonly kind: "throttled"; readonly scope: ThrottleEvidence["scope"]; readonly retryAfterMs?: number }
  /** The account's role could not be assumed; nothing was sent. */
  | { readonly kind: "account-failed" }
  /** AWS took the account's session for ended, unknown or wrongly signed, renewed once or not; nothing was processed. */
  | { readonly kind: "session-refused" }
  /** This account may not use this model here, or does not have it; nothing was processed. */
  | { readonly kind: "target-denied" }
  /** No connection: nothing was sent. */
  | { readonly kind: "unreachable" }
  /** The model is not loaded here yet; nothing was processed, and it comes back by itself. */
  | { readonly kind: "not-ready" }
  /**
   * Shared capacity is short (503, 529): not a quota of this account, so another account of the Region has no more of it.
   * `isRefusal`: AWS said by a throttle's name that it did no work; otherwise it may have.
   */
  | { readonly kind: "overloaded"; readonly isRefusal?: boolean; readonly retryAfterMs?: number }
  /** May have been processed and billed. `isUnknown`: nobody here has heard of such an error. */
  | { readonly kind: "ambiguous"; readonly isUnknown?: boolean }
  /** The call itself is wrong, and would be everywhere. */
  | { readonly kind: "invalid" }
  /** The caller gave up, or a hedge was not needed. */
  | { readonly kind: "aborted" }
  /** It did not answer in time, and a hedge made beside it answered first; it was broken off. */
  | { readonly kind: "outrun" };

/** Reads an error a transport threw. */
export type Classify = (error: unknown) => Verdict;
