import type { Cost } from "../budget/quota.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Home } from "./affinity.ts";
import type { Claim } from "./claim.ts";
import type { Charged } from "./fair-share.ts";

/** One call's place in the waiting room; it keeps it when the call comes back after a throttle. */
export interface Ticket {
  readonly id: string;
  /** Tenants compete inside a pool. */
  readonly pool: string;
  /** Calls of one lane wait for the same model under the same rules. */
  readonly lane: string;
  readonly tenant: string;
  /** Higher goes first. */
  readonly priority: number;
  /** Order of arrival. */
  readonly arrival: number;
  /** On `monotonicMs`: when it came. */
  readonly sinceMs: number;
  /** On `monotonicMs`: until when the call may wait. */
  readonly deadlineMs: number;
  /** Memory the call holds while it waits. */
  readonly bytes: number;
  readonly signal: AbortSignal | undefined;
  /** The waiting room's note: what its tenant was charged when it left the line; undefined: nothing is open. */
  charged?: Charged | undefined;
  /** The waiting room's note: where and when it is to start; undefined: it claims nothing. */
  claim?: Claim | undefined;
  /** Looks again where it may go, when the rules have changed since. Throws why it may not go anywhere any more. */
  renew(): void;
  /** The candidates it may use at this moment; empty when all are blocked or used up. */
  eligible(): readonly Candidate[];
  /** Whether there is a candidate at which no attempt has begun. */
  hasUntried(): boolean;
  /** Where the prompt of the call's affinity key is cached; undefined: it goes by room alone. */
  home(): Home | undefined;
  /** Prompt tokens that may come out of a cache at a target; 0 up. */
  cachedTokens(target: Target): number;
  /** Milliseconds until a candidate that is blocked now may be used again; Infinity when none is. */
  unblocksInMs(): number;
  /** What to throw when no candidate can ever start. */
  noneLeft(): Error;
}

/** What a cost counts as where tenants share: its tokens, or 1 where it has none. */
export function sharedTokens(cost: Cost | undefined): number {
  return cost?.tokens ?? ((cost?.inputTokens ?? 0) + (cost?.outputTokens ?? 0) || 1);
}
