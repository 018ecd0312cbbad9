import type { Reservation } from "../budget/ledger.ts";
import type { Cost } from "../budget/quota.ts";
import type { Target } from "../budget/target.ts";
import { NotSentError, ShardrockError } from "../errors.ts";
import type { AttemptFacts } from "./attempt-facts.ts";
import type { AttemptCall } from "./call.ts";
import type { Decision } from "./call-report.ts";
import type { AttemptEnd } from "./router-event.ts";
import type { Classify, Verdict } from "./verdict.ts";

/** How an attempt ended, for everyone who must know. */
export interface Ending {
  readonly booking: AttemptEnd["booking"];
  /** Undefined: it worked. */
  readonly verdict: Verdict | undefined;
  /** As the transport saw it; undefined: it worked. */
  readonly error: unknown;
  /** What AWS charged, when known. */
  readonly actual: Cost | undefined;
  readonly facts: AttemptFacts;
}

/** What is known of an attempt when it starts. */
export interface AttemptStart extends Pick<AttemptCall, "callId" | "attempt" | "waitedMs"> {
  readonly target: Target;
  readonly reserved: Cost;
  /** On `monotonicMs`. */
  readonly sinceMs: number;
  /** The same affinity key had gone to this account and Region before. */
  readonly isAffine: boolean;
  /** It was begun beside another one of its call. */
  readonly isHedge: boolean;
  /** Undefined when nobody would hear of it. */
  readonly decision: Decision | undefined;
}

export interface RunningAttemptOptions {
  readonly start: AttemptStart;
  readonly reservation: Reservation;
  readonly signal: AbortSignal;
  readonly classify: Classify;
  /** Called once, when content was handed out. */
  onCommit?(attempt: RunningAttempt): void;
  /** Called once, when the reservation has ended. */
  onEnd(attempt: RunningAttempt, ending: Ending): void;
}

const noFacts: AttemptFacts = {};

/** One attempt and its reservation: whatever happens, the reservation ends once. */
export class RunningAttempt implements AttemptCall {
  readonly start: AttemptStart;
  readonly #options: RunningAttemptOptions;
  #isCommitted = false;
  #facts = noFacts;
  #ending: Ending | undefined;
  #onStop: ((reason: Error) => void) | undefined;
  #stopped: Error | undefined;

  constructor(options: RunningAttemptOptions) {
    this.#options = options;
    this.start = options.start;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  get callId(): number {
    return this.start.callId;
  }

  get attempt(): number {
    return this.start.attempt;
  }

  get waitedMs(): number {
    return this.start.waitedMs;
  }

  onStop(listener: (reason: Error) => void): void {
    this.#onStop = listener;
    if (this.#stopped !== undefined) listener(this.#stopped);
  }

  /** Breaks it off, if its transport can be; it ends by itself then. */
  stop(reason: Error): void {
    this.#stopped ??= reason;
    this.#onStop?.(this.#stopped);
  }

  note(facts: AttemptFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  /** It was broken off, and ends by itself if its transport can be. */
  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  /** Undefined while it lasts. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  commit(): void {
    if (this.#isCommitted || this.#ending !== undefined) return;
    this.#isCommitted = true;
    this.#options.onCommit?.(this);
  }

  settle(actual: Cost | undefined): void {
    const booking = actual === undefined ? "kept" : "settled";
    this.#end({ booking, verdict: undefined, error: undefined, actual, facts: this.#facts });
  }

  /** @returns what the failure means. */
  fail(thrown: unknown): Verdict {
    const wasSent = !(thrown instanceof NotSentError);
    const error = wasSent ? thrown : thrown.cause;
    // Broken off before anything was sent, it says nothing of the call.
    const meaning: Verdict = this.isStopped && !wasSent ? { kind: "unreachable" } : this.#meaningOf(error);
    const verdict = withRetryAfter(meaning, this.#facts.retryAfterMs);
    this.#end({ booking: this.#bookingAfter(verdict, wasSent), verdict, error, actual: undefined, facts: this.#facts });
    return verdict;
  }

  /** Another attempt of its call has answered first: it is broken off, and what it may have cost stays booked. */
  lose(): void {
    const verdict: Verdict = { kind: this.start.isHedge ? "aborted" : "outrun" };
    this.#end({ booking: "kept", verdict, error: undefined, actual: undefined, facts: this.#facts });
    this.stop(new ShardrockError("timeout", "another attempt of the call answered first"));
  }

  #meaningOf(error: unknown): Verdict {
    try {
      return this.#options.classify(error);
    } catch {
      return { kind: "ambiguous" }; // an error nobody can read must still end the reservation
    }
  }

  /** Once content was handed out AWS has worked for it, so nothing comes back. */
  #bookingAfter(verdict: Verdict, wasSent: boolean): AttemptEnd["booking"] {
    const booking = bookingAfter(verdict, wasSent);
    return this.#isCommitted && booking === "released" ? "kept" : booking;
  }

  #end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    try {
      endReservation(this.#options.reservation, ending);
    } finally {
      this.#options.onEnd(this, ending);
    }
  }
}

/** When AWS said how long to wait, as the transport read it, whoever decides what comes next is told too. */
function withRetryAfter(verdict: Verdict, retryAfterMs: number | undefined): Verdict {
  const canWait = verdict.kind === "throttled" || verdict.kind === "overloaded";
  return canWait && retryAfterMs !== undefined ? { ...verdict, retryAfterMs } : verdict;
}

/** Who keeps and who gives back: only what AWS surely did not take comes back. */
function bookingAfter(verdict: Verdict, wasSent: boolean): AttemptEnd["booking"] {
  if (!wasSent) return "released";
  switch (verdict.kind) {
    case "throttled":
      return "throttled";
    case "account-failed":
    case "session-refused":
    case "target-denied":
    case "unreachable":
    case "not-ready":
    case "invalid":
      return "released";
    case "overloaded":
    case "ambiguous":
    case "aborted":
    case "outrun":
      return "kept";
    default:
      return verdict satisfies never;
  }
}

function endReservation(reservation: Reservation, { booking, verdict, actual }: Ending): void {
  if (booking === "settled" && actual !== undefined) return reservation.settle(actual);
  if (booking === "throttled" && verdict?.kind === "throttled") return reservation.throttled({ scope: verdict.scope });
  if (booking === "released") return reservation.release();
  return reservation.keep(verdict?.kind ?? "usage unknown");
}
