import type { Reservation } from "../budget/ledger.ts";
import type { Cost } from "../budget/quota.ts";
import type { AttemptsOptions } from "./attempts.ts";
import type { Departure } from "./admission-options.ts";
import { neverAborts } from "./call.ts";
import type { Listed } from "./come-and-go.ts";
import { errorNameOf } from "./error-name.ts";
import type { HealthAttempt } from "./health.ts";
import type { RoutedCall } from "./routed-call.ts";
import { type AttemptStart, type Ending, RunningAttempt, type RunningAttemptOptions } from "./running-attempt.ts";
import type { Ticket } from "./ticket.ts";
import type { Classify } from "./verdict.ts";

export interface AttemptUnderWayOptions {
  readonly call: RoutedCall;
  /** Who holds the place in the waiting room's books. */
  readonly ticket: Ticket;
  readonly start: AttemptStart;
  readonly reservation: Reservation;
  /** Told when it hands out content; undefined: nobody asked. */
  readonly onCommit: ((running: RunningAttempt) => void) | undefined;
}

/** An attempt with everybody who must hear how it goes. One object, because each call under way has one. */
export class AttemptUnderWay implements RunningAttemptOptions, Listed {
  readonly running: RunningAttempt;
  readonly call: RoutedCall;
  readonly start: AttemptStart;
  readonly reservation: Reservation;
  readonly classify: Classify;
  readonly signal: AbortSignal;
  /** As health sees it. */
  readonly seen: HealthAttempt;
  listPlace = -1;
  readonly #ticket: Ticket;
  readonly #onCommit: AttemptUnderWayOptions["onCommit"];
  readonly #hearers: AttemptsOptions;

  constructor(hearers: AttemptsOptions, { call, ticket, start, reservation, onCommit }: AttemptUnderWayOptions) {
    const { callId, attempt, target } = start;
    this.#hearers = hearers;
    this.#ticket = ticket;
    this.#onCommit = onCommit;
    this.call = call;
    this.start = start;
    this.reservation = reservation;
    this.classify = hearers.classify;
    this.signal = call.signal ?? neverAborts;
    this.seen = { callId, attempt, operation: call.request.operation, target };
    this.running = new RunningAttempt(this);
  }

  onCommit(running: RunningAttempt): void {
    this.#hearers.health.answers?.(this.seen);
    this.#onCommit?.(running);
  }

  onEnd(attempt: RunningAttempt, ending: Ending): void {
    const { admission, health, running } = this.#hearers;
    const { callId, attempt: number, operation, target } = this.seen;
    this.call.end(target, ending);
    admission.leave(this.#ticket, departureOf(this.start, ending));
    health.observe({ callId, attempt: number, operation, target, verdict: ending.verdict });
    this.#report(attempt, ending);
    running.remove(this);
  }

  #report(attempt: RunningAttempt, { verdict, facts, error }: Ending): void {
    const { reporter } = this.#hearers;
    if (verdict?.kind === "ambiguous" && verdict.isUnknown === true) {
      const name = facts.errorName ?? errorNameOf(error) ?? "an error without a name";
      reporter.unheardOf(name, this.start.target.id);
    }
    reporter.attemptEnded(this.call, attempt);
    if (this.call.decisive === attempt) reporter.callEnded(this.call);
  }
}

function departureOf({ reserved }: AttemptStart, { actual, booking }: Ending): Departure {
  return { settledShare: shareOf(reserved, actual), isUnserved: booking === "released" || booking === "throttled" };
}

/** Undefined where either is unknown or no count: one such number would spoil every forecast after it. */
function shareOf(held: Cost, actual: Cost | undefined): number | undefined {
  const share = Number(actual?.tokens) / Number(held.tokens);
  return share >= 0 && share < Number.POSITIVE_INFINITY ? share : undefined;
}
