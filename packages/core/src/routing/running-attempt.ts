import type { Reservation } from "../budget/ledger.ts";
import type { Cost } from "../budget/quota.ts";
import { NotSentError } from "../errors.ts";
import type { AttemptFacts } from "./attempt-facts.ts";
import type { AttemptCall } from "./call.ts";
import type { AttemptEnd } from "./router-event.ts";
import type { Classify, Verdict } from "./verdict.ts";

/** How an attempt ended, for everyone who must know. */
export interface Ending {
  readonly booking: AttemptEnd["booking"];
  /** Undefined: it worked. */
  readonly verdict: Verdict | undefined;
  /** What AWS charged, when known. */
  readonly actual: Cost | undefined;
  readonly facts: AttemptFacts;
}

export interface RunningAttemptOptions {
  readonly reservation: Reservation;
  readonly classify: Classify;
  /** Called once, when the reservation has ended. */
  readonly onEnd: (ending: Ending) => void;
  readonly call: Pick<AttemptCall, "signal" | "callId" | "attempt" | "waitedMs">;
}

/** One attempt and its reservation: whatever happens, the reservation ends once. */
export class RunningAttempt implements AttemptCall {
  readonly signal: AbortSignal;
  readonly callId: number;
  readonly attempt: number;
  readonly waitedMs: number;
  readonly #options: RunningAttemptOptions;
  #isOpen = true;
  #isCommitted = false;
  #facts: AttemptFacts = {};

  constructor(options: RunningAttemptOptions) {
    this.#options = options;
    ({ signal: this.signal, callId: this.callId, attempt: this.attempt, waitedMs: this.waitedMs } = options.call);
  }

  note(facts: AttemptFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  commit(): void {
    this.#isCommitted = true;
  }

  settle(actual: Cost | undefined): void {
    if (actual === undefined) this.#end({ booking: "kept", verdict: undefined, actual });
    else this.#end({ booking: "settled", verdict: undefined, actual });
  }

  /** @returns what the failure means. */
  fail(error: unknown): Verdict {
    const wasSent = !(error instanceof NotSentError);
    const verdict = this.#options.classify(wasSent ? error : error.cause);
    this.#end({ booking: this.#bookingAfter(verdict, wasSent), verdict, actual: undefined });
    return verdict;
  }

  /** Once content was handed out AWS has worked for it, so nothing comes back. */
  #bookingAfter(verdict: Verdict, wasSent: boolean): AttemptEnd["booking"] {
    const booking = bookingAfter(verdict, wasSent);
    return this.#isCommitted && booking === "released" ? "kept" : booking;
  }

  #end(how: Omit<Ending, "facts">): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const ending = { ...how, facts: this.#facts };
    const { reservation, onEnd } = this.#options;
    try {
      endReservation(reservation, ending);
    } finally {
      onEnd(ending);
    }
  }
}

/** Who keeps and who gives back: only what AWS surely did not take comes back. */
function bookingAfter(verdict: Verdict, wasSent: boolean): AttemptEnd["booking"] {
  if (!wasSent) return "released";
  switch (verdict.kind) {
    case "throttled":
      return "throttled";
    case "account-failed":
    case "target-denied":
    case "unreachable":
    case "invalid":
      return "released";
    case "overloaded":
    case "ambiguous":
    case "aborted":
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
