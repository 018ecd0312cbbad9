import type { Reservation } from "../budget/ledger.ts";
import { NotSentError, ShardrockError } from "../errors.ts";
import type { Admission } from "./admission.ts";
import { failedAttempt } from "./asked-policy.ts";
import { AttemptUnderWay } from "./attempt-under-way.ts";
import type { Attempt } from "./call.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import type { AttemptNumber, Health } from "./health.ts";
import type { Reporter } from "./reporter.ts";
import type { RoutedCall } from "./routed-call.ts";
import type { RunningAttempt } from "./running-attempt.ts";
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
    const { health, reporter, running } = this.#options;
    const { ticket = call, isHedge = false, onCommit } = role;
    const start = call.start(reservation.target, { isHedge, isHeard: reporter.hears("attempt-end") });
    const begun = new AttemptUnderWay(this.#options, { call, ticket, start, reservation, onCommit });
    call.tried = call.tried.length === 0 ? [begun.running] : [...call.tried, begun.running];
    running.add(begun);
    health.starts?.(begun.seen); // which may find that it will hang
    return begun.running;
  }

  /** Runs what `begin` began. */
  async run<T>(call: RoutedCall, running: RunningAttempt, attempt: Attempt<T>): Promise<Outcome<T>> {
    try {
      return this.answered(running, await this.send(call, running, attempt));
    } catch (thrown) {
      return this.failed(running, thrown);
    }
  }

  /** The first half of `run`, for whoever awaits it himself. @throws what `failed` is to be told. */
  send<T>(call: RoutedCall, running: RunningAttempt, attempt: Attempt<T>): Promise<T> {
    if (call.signal?.aborted) throw new NotSentError(call.signal.reason);
    return attempt(running.start.target, running);
  }

  /** What was sent has been answered. @throws what `failed` is to be told. */
  answered<T>(running: RunningAttempt, value: T): Answered<T> {
    // Only what has been committed, a stream, may go on after its attempt.
    if (!running.isCommitted) running.settle(undefined);
    return { kind: "ok", value, running };
  }

  /** What was sent, or could not be, has failed. */
  failed(running: RunningAttempt, thrown: unknown): Failed {
    const verdict = running.fail(thrown);
    const error = thrown instanceof NotSentError ? thrown.cause : thrown;
    return { kind: "failed", running, error, verdict };
  }

  /** Breaks off attempts that nobody will answer, those that are made again elsewhere. */
  breakOff(isHung: (attempt: AttemptNumber) => boolean): void {
    const { running, policy } = this.#options;
    const hung = running.which((attempt) => !attempt.isCommitted && !attempt.isStopped && isHung(attempt));
    for (const { running: attempt, call } of hung) {
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
}
