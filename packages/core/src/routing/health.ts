import type { Target } from "../budget/target.ts";
import type { Verdict } from "./verdict.ts";

/** Why a target may not be used now. */
export interface Block {
  /** On the clock's `monotonicMs`. */
  readonly untilMs: number;
  /** What is blocked: `account 111111111111`, or a target id. */
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
  readonly target: Target;
  /** Undefined: it worked. */
  readonly verdict: Verdict | undefined;
}

/** What may not be used now, until when, and why. */
export interface Health {
  blocked(target: Target): Block | undefined;
  observe(outcome: AttemptOutcome): void;
}
