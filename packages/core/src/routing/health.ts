import type { Target } from "../budget/target.ts";
import type { Verdict } from "./verdict.ts";

/** Why a target may not be used now. */
export interface Block {
  /** On the clock's `monotonicMs`. */
  readonly untilMs: number;
  /** What is blocked: `account 111111111111`, a target id, or one operation of a target. */
  readonly scope: string;
  readonly reason: string;
}

/** A block in words. */
export function sayBlock({ scope, reason, untilMs }: Block, nowMs: number): string {
  return `${scope}: ${reason}, for ${Math.ceil(untilMs - nowMs)} ms more`;
}

/** How one attempt ended, as health sees it. */
export interface AttemptOutcome {
  /** The call's number: two attempts with the same one are of one call. */
  readonly callId: number;
  /** The API's name for what was asked; undefined when the call does not say. */
  readonly operation: string | undefined;
  readonly target: Target;
  /** Undefined: it worked. */
  readonly verdict: Verdict | undefined;
}

/** What may not be used now, until when, and why. */
export interface Health {
  /** @param operation - the API's name for what is asked, as in `CallRequest`. */
  blocked(target: Target, operation?: string): Block | undefined;
  observe(outcome: AttemptOutcome): void;
}
