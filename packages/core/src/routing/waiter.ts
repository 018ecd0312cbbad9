import type { Reservation } from "../budget/ledger.ts";
import type { Listed } from "./come-and-go.ts";
import type { Heaped } from "./indexed-heap.ts";
import type { Written } from "./place.ts";
import type { Ticket } from "./ticket.ts";

/** A call in the waiting room: it ends once, by `take` or `fail`. */
export class Waiter implements Heaped, Listed {
  /** In the heap of deadlines. */
  heapPlace = -1;
  /** In the waiting room's list of all. */
  listPlace = -1;
  /** Where it is written in the line; undefined: it is not in the line. */
  written: Written | undefined;
  readonly ticket: Ticket;
  readonly reservation: Promise<Reservation>;
  #resolve: (reservation: Reservation) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #isOver = false;

  constructor(ticket: Ticket) {
    this.ticket = ticket;
    this.reservation = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** It has its reservation, or has given up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What becomes of it. @param onAbort - called when its caller gives up before. */
  async outcome(onAbort: () => void): Promise<Reservation> {
    const { signal } = this.ticket;
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await this.reservation;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  take(reservation: Reservation): void {
    this.#isOver = true;
    this.#resolve(reservation);
  }

  fail(error: unknown): void {
    this.#isOver = true;
    this.#reject(error);
  }
}
