import type { Ledger, Reservation } from "../budget/ledger.ts";
import type { Clock } from "../clock.ts";
import { AskedBook, type Starts } from "./asked-book.ts";
import { withCacheDoubt } from "./cache-doubt.ts";
import type { InFlight } from "./in-flight.ts";
import type { Ticket } from "./ticket.ts";
import { bestFirst, type Turn } from "./turn.ts";

export interface BookingOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly inFlight: InFlight;
  /** Others may start now: capacity came back, or what was asked for was answered. */
  readonly wake: () => void;
}

/** Asks the book for the waiting room. Who asks has a place among those in flight until the answer says no. */
export class Booking implements Disposable {
  /** The book, as those who wait should see it. */
  readonly starts: Starts;
  readonly #options: BookingOptions;
  /** Undefined: the book is exact, and what it says fits is booked when it is asked for. */
  readonly #asked: AskedBook | undefined;
  /** Those that were refused and have not been booked since: they ask alone, so that nobody goes by them again. */
  readonly #refused = new WeakSet<Ticket>();
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
   */
  async book(turn: Turn): Promise<Reservation | undefined> {
    const { ticket, choice } = turn;
    if (choice === undefined) throw ticket.noneLeft();
    const { ledger, inFlight, clock, wake } = this.#options;
    // An exact book takes the first: it fits.
    const candidates =
      ledger.isExact === true ? withCacheDoubt([choice.candidate], ticket) : bestFirst(turn, choice.candidate);
    const isAlone = this.#refused.has(ticket);
    inFlight.enter();
    this.#asked?.begins(candidates, isAlone);
    let isRefused = false;
    let isBooked = false;
    try {
      const answer = await ledger.reserve(candidates, ticket.signal);
      isBooked = answer.kind === "reserved";
      if (isBooked && isAlone) this.#refused.delete(ticket);
      if (answer.kind === "reserved") return answer;
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
