import type { Target } from "../budget/target.ts";
import type { HealthBond } from "./health-bond.ts";
import type { Verdict } from "./verdict.ts";

/** Why a target may not be used now. */
export interface Block {
  /** On the clock's `monotonicMs`. */
  readonly untilMs: number;
  /** What is blocked: `account 111111111111`, a target id, or one operation of a target. */
  readonly scope: string;
  readonly reason: string;
  /** A call there would only be likely to fail: counts for nothing where most of what could serve is blocked softly. */
  readonly isSoft?: boolean;
}

/** A block in words. */
export function sayBlock({ scope, reason, untilMs }: Block, nowMs: number): string {
  return `${scope}: ${reason}, for ${Math.ceil(untilMs - nowMs)} ms more`;
}

/** One attempt, as health sees it. */
export interface HealthAttempt {
  /** The call's number: two attempts with the same one are of one call. */
  readonly callId: number;
  /** Of its call, from 1 up; two may be under way at once. */
  readonly attempt: number;
  /** The API's name for what was asked; undefined when the call does not say. */
  readonly operation: string | undefined;
  readonly target: Target;
}

/** Which attempt of all. */
export type AttemptNumber = Pick<HealthAttempt, "callId" | "attempt">;

/** How one attempt ended. */
export interface AttemptOutcome extends HealthAttempt {
  /** Undefined: it worked. */
  readonly verdict: Verdict | undefined;
}

/** What has become of one scope. */
export interface HealthChange {
  /**
   * `blocked`: no calls go there for `forMs`. `probing`: one call tries it. `recovering`: that call was served, and the share
   * of calls that may follow grows for `forMs`. `unproved`: it told nothing, and the next call tries.
   */
  readonly state: "blocked" | "probing" | "unproved" | "recovering";
  /** As in `Block`. */
  readonly scope: string;
  readonly reason: string;
  readonly isSoft: boolean;
  /** Whole milliseconds; for `probing`, after which another call may try. */
  readonly forMs: number;
}

/** What may not be used now, until when, and why. */
export interface Health {
  /** True: nothing is blocked anywhere, so that nobody asks of each target; undefined: it does not say. */
  readonly isClear?: boolean;
  /**
   * @param operation - the API's name for what is asked, as in `CallRequest`.
   * @param callId - who asks; undefined: nobody yet.
   */
  blocked(target: Target, operation?: string, callId?: number): Block | undefined;
  /** An attempt begins where nothing blocked it; `observe` follows once. */
  starts?(attempt: HealthAttempt): void;
  /** The first content of a stream has come; how the stream ends, `observe` tells. */
  answers?(attempt: HealthAttempt): void;
  observe(outcome: AttemptOutcome): void;
  /** Tells every change; dispose to stop. */
  onChange?(listener: (change: HealthChange) => void): Disposable;
  /** Shares what it learns with other processes, as core's `HealthBond` says; dispose to stop. */
  join?(bond: HealthBond): Disposable;
  /** Calls back when something may be used again that is no change to tell of; dispose to stop. */
  onUnblock?(listener: () => void): Disposable;
  /** Tells which attempts nobody will answer, before their timers do; dispose to stop. */
  onHang?(listener: (isHung: (attempt: AttemptNumber) => boolean) => void): Disposable;
}
