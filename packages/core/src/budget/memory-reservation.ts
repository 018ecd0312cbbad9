import type { DayEntry } from "./day-page.ts";
import type { Reservation, ThrottleEvidence } from "./ledger.ts";
import type { MinuteBook, MinuteEntry } from "./minute-book.ts";
import { type Cost, type Quota, unitsOf } from "./quota.ts";
import type { Target } from "./target.ts";

/** What a reservation needs from the ledger that made it. */
export interface ReservationBook {
  readonly minutes: MinuteBook;
  /** The ledger's time in integer µs. */
  nowUs(): number;
  /** Something came back before its time. */
  gaveBack(): void;
}

export interface ReservationOptions {
  readonly target: Target;
  readonly minutes: readonly MinuteEntry[];
  readonly days: readonly DayEntry[];
  readonly book: ReservationBook;
}

/** A reservation in a `MemoryLedger`. */
export class MemoryReservation implements Reservation {
  readonly kind = "reserved";
  readonly target: Target;
  readonly #minutes: readonly MinuteEntry[];
  readonly #days: readonly DayEntry[];
  readonly #book: ReservationBook;
  #isOpen = true;

  constructor({ target, minutes, days, book }: ReservationOptions) {
    this.target = target;
    this.#minutes = minutes;
    this.#days = days;
    this.#book = book;
  }

  settle(actual: Cost): void {
    if (!this.#close()) return;
    const nowUs = this.#book.nowUs();
    let cameBack = false;
    for (const entry of this.#minutes) {
      const units = countOf(actual, this.#book.minutes.quotaOf(entry.page));
      if (units !== undefined && this.#book.minutes.settle(entry, units, nowUs)) cameBack = true;
    }
    for (const entry of this.#days) {
      const units = countOf(actual, entry.day.quota) ?? entry.held;
      if (entry.day.settle(entry, units, nowUs)) cameBack = true;
    }
    if (cameBack) this.#book.gaveBack();
  }

  release(): void {
    if (!this.#close()) return;
    const nowUs = this.#book.nowUs();
    for (const entry of this.#minutes) this.#book.minutes.settle(entry, 0, nowUs);
    for (const entry of this.#days) entry.day.release(entry, nowUs);
    this.#book.gaveBack();
  }

  keep(): void {
    if (!this.#close()) return;
    const nowUs = this.#book.nowUs();
    let cameBack = false;
    for (const entry of this.#days) if (entry.day.keep(entry, nowUs)) cameBack = true;
    if (cameBack) this.#book.gaveBack();
  }

  throttled(evidence: ThrottleEvidence): void {
    if (!this.#close()) return;
    const nowUs = this.#book.nowUs();
    let cameBack = false;
    for (const entry of this.#minutes) this.#book.minutes.throttled(entry, evidence, nowUs);
    for (const entry of this.#days) if (entry.day.throttled(entry, evidence, nowUs)) cameBack = true;
    if (cameBack) this.#book.gaveBack();
  }

  /** @returns whether this ending is the first. */
  #close(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    return wasOpen;
  }
}

/** What a call took of a quota; undefined when it was not told, or makes no sense. */
function countOf(actual: Cost, quota: Quota | undefined): number | undefined {
  const units = quota && unitsOf(actual, quota.unit);
  return units !== undefined && Number.isFinite(units) && units >= 0 ? units : undefined;
}
