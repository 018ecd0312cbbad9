import type { Ledger } from "../budget/ledger.ts";
import type { Clock } from "../clock.ts";
import { NoCapacityError } from "../errors.ts";
import type { Choose } from "./choice.ts";
import type { Choice } from "./picker.ts";
import type { Ticket } from "./ticket.ts";
import { startsInMs, turnOf } from "./turn.ts";

/** What a refused call would have to wait for, in ms. */
export interface Waiting {
  /** The work ahead of it. */
  readonly aheadMs?: number;
  /** What it was told already. */
  readonly leastMs?: number;
}

/** Says no, and how long it would take. */
export class Refusals {
  readonly #options: { readonly ledger: Ledger; readonly clock: Clock; readonly choose: Choose };

  constructor(options: { readonly ledger: Ledger; readonly clock: Clock; readonly choose: Choose }) {
    this.#options = options;
  }

  /** A call like this one could start after the work ahead of it, once the book has room for the first of it. */
  noCapacity(reason: string, ticket: Ticket, { aheadMs = 0, leastMs = 0 }: Waiting = {}): Error {
    const { clock, ledger } = this.#options;
    const nowMs = clock.monotonicMs();
    const { choice, startMs } = this.#forecast(ticket, nowMs);
    if (choice === undefined && nowMs + startMs > ticket.deadlineMs) return ticket.noneLeft();
    const isEstimated = choice === undefined || ledger.quote(choice.candidate, nowMs).isEstimated;
    const retryAfterMs = Math.ceil(Math.max(leastMs, aheadMs + startMs));
    const about = isEstimated ? "about " : "";
    const message = `${reason}: a call of this size fits in ${about}${retryAfterMs} ms`;
    return new NoCapacityError(message, { retryAfterMs, isEstimated });
  }

  /** Why a call may not even wait: it would take longer than it has; undefined when it may. */
  tooLate(ticket: Ticket, aheadMs: number): Error | undefined {
    const { clock, ledger } = this.#options;
    const nowMs = clock.monotonicMs();
    const isInTime = (startsInMs: number): boolean =>
      nowMs + Math.ceil(aheadMs + Math.max(0, startsInMs)) <= ticket.deadlineMs;
    // One that starts in time is enough: mostly it is the first.
    if (ticket.eligible().some((candidate) => isInTime(ledger.startsInMs(candidate, nowMs)))) return undefined;
    if (isInTime(ticket.unblocksInMs())) return undefined;
    return this.noCapacity("no room in time", ticket, { aheadMs });
  }

  /** Where the call would go, and in how many ms, 0 up. */
  #forecast(ticket: Ticket, nowMs: number): { readonly choice: Choice | undefined; readonly startMs: number } {
    const turn = turnOf(ticket, this.#options.choose, nowMs);
    return { choice: turn.choice, startMs: Math.max(0, startsInMs(turn)) };
  }
}
