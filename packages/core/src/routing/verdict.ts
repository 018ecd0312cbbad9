import type { ThrottleEvidence } from "../budget/ledger.ts";

/** What a failed attempt means. `classify` makes it; the failover policy turns it into the next step. */
export type Verdict =
  /** A quota said no; nothing was processed. */
  | { readonly kind: "throttled"; readonly scope: ThrottleEvidence["scope"] }
  /** The account's role could not be assumed; nothing was sent. */
  | { readonly kind: "account-failed" }
  /** This account may not use this model here, or does not have it; nothing was processed. */
  | { readonly kind: "target-denied" }
  /** No connection: nothing was sent. */
  | { readonly kind: "unreachable" }
  /** Shared capacity is short (503, 529): not a quota of this account. */
  | { readonly kind: "overloaded" }
  /** May have been processed and billed. */
  | { readonly kind: "ambiguous" }
  /** The call itself is wrong, and would be everywhere. */
  | { readonly kind: "invalid" }
  /** The caller gave up. */
  | { readonly kind: "aborted" };

/** Reads an error a transport threw. */
export type Classify = (error: unknown) => Verdict;
