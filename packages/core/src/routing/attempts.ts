import type { Reservation } from "../budget/ledger.ts";
import type { Cost } from "../budget/quota.ts";
import { NotSentError, ShardrockError } from "../errors.ts";
import type { Admission } from "./admission.ts";
import { failedAttempt } from "./asked-policy.ts";
import { type Attempt, neverAborts } from "./call.ts";
import { errorNameOf } from "./error-name.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import type { AttemptNumber, Health } from "./health.ts";
import type { Reporter } from "./reporter.ts";
import type { RoutedCall } from "./routed-call.ts";
import { type Ending, RunningAttempt } from "./running-attempt.ts";
import type { RunningAttempts } from "./running-attempts.ts";
import type { Ticket } from "./ticket.ts";
import type { Classify, Verdict } from "./verdict.ts";

/** An attempt that came back without an answer. */
export interface Failed {
  readonly kind: "failed";
  readonly running: RunningAttempt;
  readonly error: unknown;
  readonly verdict: Verdict;
}

/** An attempt that was answered; a stream may still go on after it. */
export interface Answered<T> {
  readonly kind: "ok";
  readonly value: T;
  readonly running: RunningAttempt;
}

/** How an attempt came back to the router. */
export type Outcome<T> = Answered<T> | Failed;

export interface AttemptsOptions {
  readonly health: Health;
  readonly classify: Classify;
  readonly admission: Admission;
  readonly reporter: Reporter;
  readonly running: RunningAttempts;
  readonly policy: FailoverPolicy;
}

/** What an attempt is besides its call and its booking. */
export interface AttemptRole {
  /** Who holds the place in the waiting room's books: the call unless told. */
  readonly ticket?: Ticket;
  /** It runs beside another one of its call. */
  readonly isHedge?: boolean;
  /** Told when it hands out content. */
  readonly onCommit?: (running: RunningAttempt) => void;
}

const alone: AttemptRole = {};

/** Makes single attempts: tells health, the waiting room and the events that each begins and ends. */
export class Attempts {
  readonly #options: AttemptsOptions;

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  begin(call: RoutedCall, reservation: Reservation, role: AttemptRole = alone): RunningAttempt {
    const { health, reporter, classify, running } = this.#options;
    const { ticket = call, isHedge = false, onCommit } = role;
    const { target } = reservation;
    const start = call.start(target, { isHedge, isHeard: reporter.hears("attempt-end") });
    const { callId, attempt: number } = start;
    const { operation } = call.request;
    const seen = { callId, attempt: number, operation, target };
    const begun = new RunningAttempt({
      reservation,
      start,
      classify,
      signal: call.signal ?? neverAborts,
      onCommit:
        health.answers === undefined && onCommit === undefined
          ? undefined
          : (attempt) => {
              health.answers?.(seen);
              onCommit?.(attempt);
            },
      onEnd: (attempt, ending) => {
        call.end(target, ending);
        this.#options.admission.leave(ticket, departureOf(attempt, ending));
        health.observe({ callId, attempt: number, operation, target, verdict: ending.verdict });
        this.#report(call, attempt, ending);
        running.remove(underway);
      },
    });
    call.tried = [...call.tried, begun];
    const underway = running.add(begun, call);
    health.starts?.(seen); // which may find that it will hang
    return begun;
  }

  /** Runs what `begin` began. */
  async run<T>(call: RoutedCall, running: RunningAttempt, attempt: Attempt<T>): Promise<Outcome<T>> {
    try {
      if (call.signal?.aborted) throw new NotSentError(call.signal.reason);
      const value = await attempt(running.start.target, running);
      // Only what has been committed, a stream, may go on after its attempt.
      if (!running.isCommitted) running.settle(undefined);
      return { kind: "ok", value, running };
    } catch (thrown) {
      const verdict = running.fail(thrown);
      const error = thrown instanceof NotSentError ? thrown.cause : thrown;
      return { kind: "failed", running, error, verdict };
    }
  }

  /** Breaks off attempts that nobody will answer, those that are made again elsewhere. */
  breakOff(isHung: (attempt: AttemptNumber) => boolean): void {
    const { running, policy } = this.#options;
    const hung = running.which((attempt) => !attempt.isCommitted && !attempt.isStopped && isHung(attempt));
    for (const { attempt, call } of hung) {
      if (call.signal?.aborted) continue;
      const error = new ShardrockError("timeout", "nothing was answered there any more, to no call");
      const failed = failedAttempt(call, {
        kind: "failed",
        running: attempt,
        verdict: { kind: "ambiguous" },
        error,
      });
      if (policy.breaksOff?.(failed) === true) attempt.stop(error);
    }
  }

  #report(call: RoutedCall, running: RunningAttempt, { verdict, facts, error }: Ending): void {
    const { reporter } = this.#options;
    if (verdict?.kind === "ambiguous" && verdict.isUnknown === true) {
      const name = facts.errorName ?? errorNameOf(error) ?? "an error without a name";
      reporter.unheardOf(name, running.start.target.id);
    }
    reporter.attemptEnded(call, running);
    if (call.decisive === running) reporter.callEnded(call);
  }
}

function departureOf({ start: { reserved } }: RunningAttempt, { actual, booking }: Ending) {
  return { settledShare: shareOf(reserved, actual), isUnserved: booking === "released" || booking === "throttled" };
}

/** Undefined where either is unknown or no count: one such number would spoil every forecast after it. */
function shareOf(held: Cost, actual: Cost | undefined): number | undefined {
  const share = Number(actual?.tokens) / Number(held.tokens);
  return share >= 0 && share < Number.POSITIVE_INFINITY ? share : undefined;
}
