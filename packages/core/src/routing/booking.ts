import type { Ledger, Reservation } from "../budget/ledger.ts";
import type { Clock } from "../clock.ts";
import { AskedBook, type Starts } from "./asked-book.ts";
import { isAhead } from "./booked-ahead.ts";
import { withCacheDoubt } from "./cache-doubt.ts";
import type { InFlight } from "./in-flight.ts";
import type { Refusals } from "./refusals.ts";
import type { Ticket } from "./ticket.ts";
import { bestFirst, type Turn } from "./turn.ts";

export interface BookingOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly inFlight: InFlight;
  /** Others may start now: capacity came back, or what was asked for was answered. */
  readonly wake: () => void;
  readonly refusals: Pick<Refusals, "noCapacity">;
}

/** Books book no more ahead, in ms: what cannot start by then may still find that something came back. */
const mostAheadMs = 2_000;

/** Asks the book for the waiting room. Who asks has a place among those in flight until the answer says no. */
export class Booking implements Disposable {
  /** The book, as those who wait should see it. */
  readonly starts: Starts & Pick<Ledger, "shifts">;
  readonly #options: BookingOptions;
  /** Undefined: the book is exact, and what it says fits is booked when it is asked for. */
  readonly #asked: AskedBook | undefined;
  /** Those that were refused and have not been booked since: they ask alone, so that nobody goes by them again. */
  readonly #refused = new WeakSet<Ticket>();
  /** Whether the last answer was that there is no room now: then one asks at a time, and what it hears holds for the others. */
  #isShort = false;
  readonly #listening: Disposable;

  constructor(options: BookingOptions) {
    const { ledger, wake } = options;
    this.#options = options;
    this.#asked = ledger.isExact === true ? undefined : new AskedBook(ledger);
    this.starts = this.#asked ?? ledger;
    this.#listening = ledger.onGiveBack(() => {
      this.#asked?.forgetRefusals();
      wake();
    });
  }

  /**
   * @returns undefined when the book refused, which changed nothing. Whoever goes back to its place in the line does so before
   * others look again: so nobody is woken.
   * @throws {NoCapacityError} when it cannot start before its deadline any more, which is near.
   */
  async book(turn: Turn): Promise<Reservation | undefined> {
    const { ticket, choice } = turn;
    if (choice === undefined) throw ticket.noneLeft();
    const { ledger, inFlight, clock, wake, refusals } = this.#options;
    // An exact book takes the first: it fits.
    const candidates =
      ledger.isExact === true ? withCacheDoubt([choice.candidate], ticket) : bestFirst(turn, choice.candidate);
    const isAlone = this.#isShort || this.#refused.has(ticket);
    inFlight.enter();
    this.#asked?.begins(candidates, isAlone);
    let isRefused = false;
    let isBooked = false;
    try {
      // What starts after its deadline is of no use to it, and in everybody's way until it is given back.
      const withinMs = Math.max(0, ticket.deadlineMs - clock.monotonicMs());
      const answer = await ledger.reserve(candidates, ticket.signal, withinMs);
      isBooked = answer.kind === "reserved";
      if (isBooked && isAlone) this.#refused.delete(ticket);
      this.#isShort = answer.kind === "refused" || isAhead(answer);
      if (answer.kind === "reserved") return answer;
      const leastMs = answer.startsInMs ?? 0;
      if (withinMs <= mostAheadMs && leastMs > withinMs) {
        throw refusals.noCapacity("no room in time", ticket, { leastMs });
      }
      isRefused = true;
      this.#refused.add(ticket);
      this.#asked?.refuses(candidates, answer.retryAfterMs, clock.monotonicMs());
      return undefined;
    } finally {
      if (!isBooked) inFlight.leave();
      this.#asked?.ends(candidates, isAlone);
      if (this.#asked !== undefined && !isRefused) wake();
    }
  }

  /** Nobody wants what was booked. */
  giveBack(reservation: Reservation): void {
    const { inFlight, wake } = this.#options;
    const wasFull = !inFlight.hasPlace;
    inFlight.leave();
    reservation.release();
    if (wasFull) wake();
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
