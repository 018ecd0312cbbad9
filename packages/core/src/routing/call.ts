import type { Cost } from "../budget/quota.ts";
import type { AttemptFacts } from "./attempt-facts.ts";
import type { Candidate, Target } from "../budget/target.ts";
import { withoutListenerLimit } from "../listener-limit.ts";

/** Where ids in a call exist; it may go nowhere else. */
export interface Pin {
  /** 12 digits. */
  readonly accountId: string;
  /** Undefined: any Region of the account. */
  readonly region?: string | undefined;
  /** What binds the call, in words for people: `guardrail arn:aws:bedrock:…`. Never content. */
  readonly by: string;
}

/** One call to be routed. */
export interface CallRequest {
  /** Calls with the same pool wait in one line; use the model's name. */
  readonly pool: string;
  /** Names why the call has fewer candidates than others of its pool: such calls wait in a line of their own. */
  readonly lane?: string | undefined;
  /** Every target that could serve the call, and what it would take there. */
  readonly candidates: readonly Candidate[];
  /** Regions where the prompt may be processed; undefined: no rule beyond the router's own. */
  readonly allowedRegions?: readonly string[];
  /** Ids in the call exist there only. */
  readonly pin?: Pin | undefined;
  /**
   * Calls of a pool with the same key stay in the account and Region the last one went to while it has room, and wait for
   * it while the prompt cached there is worth more: a conversation's id. It stays in memory and shows in no event.
   */
  readonly affinityKey?: string | undefined;
  /** The API's name for it, such as `ConverseStream`; for events. */
  readonly operation?: string | undefined;
  readonly isStream?: boolean | undefined;
  /** Who the call is for: tenants share a pool by their weights. `"default"` unless told. */
  readonly tenant?: string | undefined;
  /** Higher goes first; 0 unless told. */
  readonly priority?: number;
  /** Milliseconds the call may wait for room, from now; the router's default unless told. */
  readonly maxWaitMs?: number;
  /** Size in memory while it waits, in bytes. */
  readonly bytes?: number;
  readonly signal?: AbortSignal;
}

/** The signal of calls without one of their own; nobody needs to listen to it. */
export const neverAborts: AbortSignal = withoutListenerLimit(new AbortController().signal);

/** What an attempt is given besides its target. Each reservation ends once: by `settle`, `fail`, or the attempt's rejection. */
export interface AttemptCall {
  readonly signal: AbortSignal;
  readonly callId: number;
  /** From 1 up. */
  readonly attempt: number;
  /** Milliseconds in the waiting room so far. */
  readonly waitedMs: number;
  /**
   * Told when the router breaks the attempt off, because it is closed and the call outlasts the bound, because another
   * attempt of the call answered first, or because nothing is answered there: the attempt must fail with the reason. One listener; transports that only hear `signal` cannot be broken off.
   */
  onStop?(listener: (reason: Error) => void): void;
  /** What the transport learnt; it shows in the events. A later fact replaces an earlier one. */
  note(facts: AttemptFacts): void;
  /** Content has been handed out: a later failure is not tried elsewhere. */
  commit(): void;
  /** The call ended well; `actual` is what AWS charged, or undefined when it is unknown (the hold is kept). */
  settle(actual: Cost | undefined): void;
  /** The call failed after the attempt had resolved (a stream that broke). */
  fail(error: unknown): void;
}

/**
 * Sends one attempt. An attempt that has resolved is over, unless it was committed before: then `settle` or `fail` ends it.
 * Rejects with the error as the transport saw it; wraps in `NotSentError` what never left.
 */
export type Attempt<T> = (target: Target, call: AttemptCall) => Promise<T>;
