import type { DayBook } from "./day-book.ts";
import type { Reservation, ThrottleEvidence } from "./ledger.ts";
import type { MinuteBook } from "./minute-book.ts";
import type { MinuteEntry } from "./minute-entry.ts";
import type { Cost, Quota } from "./quota.ts";
import type { Target } from "./target.ts";

/** What a reservation needs from the ledger that made it. */
export interface ReservationBook {
  readonly minutes: MinuteBook;
  readonly days: DayBook;
  /** The ledger's time in integer µs. */
  nowUs(): number;
  /** Something came back before its time. */
  gaveBack(): void;
}

export interface ReservationOptions {
  readonly target: Target;
  readonly minutes: readonly MinuteEntry[];
  /** Pages of the target's day quotas, and those of them that this call probes. */
  readonly days: readonly number[];
  readonly probes: readonly number[];
  readonly book: ReservationBook;
}

/** A reservation in a `MemoryLedger`. */
export class MemoryReservation implements Reservation {
  readonly kind = "reserved";
  readonly target: Target;
  readonly #minutes: readonly MinuteEntry[];
  readonly #days: readonly number[];
  readonly #probes: readonly number[];
  readonly #book: ReservationBook;
  #isOpen = true;

  constructor({ target, minutes, days, probes, book }: ReservationOptions) {
    this.target = target;
    this.#minutes = minutes;
    this.#days = days;
    this.#probes = probes;
    this.#book = book;
  }

  settle(actual: Cost): void {
    if (!this.#close()) return;
    const { minutes, days } = this.#book;
    const nowUs = this.#book.nowUs();
    let cameBack = this.#probes.length > 0;
    for (const entry of this.#minutes) if (minutes.settle(entry, actual, nowUs)) cameBack = true;
    for (const page of this.#probes) days.open(page);
    if (cameBack) this.#book.gaveBack();
  }

  release(): void {
    if (!this.#close()) return;
    const nowUs = this.#book.nowUs();
    for (const entry of this.#minutes) this.#book.minutes.release(entry, nowUs);
    this.#probeAgain(nowUs);
    this.#book.gaveBack();
  }

  keep(): void {
    if (!this.#close()) return;
    const nowUs = this.#book.nowUs();
    for (const entry of this.#minutes) this.#book.minutes.keep(entry, nowUs);
    this.#probeAgain(nowUs);
    if (this.#probes.length > 0) this.#book.gaveBack();
  }

  throttled(evidence: ThrottleEvidence): void {
    if (!this.#close()) return;
    const { minutes, days } = this.#book;
    const nowUs = this.#book.nowUs();
    if (evidence.scope === "tokens-per-day") {
      for (const entry of this.#minutes) minutes.keepRefused(entry);
      for (const page of this.#days) days.close(page, nowUs);
      return;
    }
    const meant = this.#minutes.filter(({ page }) => isMeant(minutes.quotaOf(page), evidence));
    // A scope that no page has, or none at all, may be any of them.
    const blamed = meant.length > 0 ? meant : this.#minutes;
    for (const entry of this.#minutes) {
      if (blamed.includes(entry)) minutes.throttled(entry, nowUs);
      else minutes.keepRefused(entry);
    }
    if (this.#probes.length > 0) {
      this.#probeAgain(nowUs);
      this.#book.gaveBack();
    }
  }

  #probeAgain(nowUs: number): void {
    for (const page of this.#probes) this.#book.days.probeAgain(page, nowUs);
  }

  /** @returns whether this ending is the first. */
  #close(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    return wasOpen;
  }
}

/** Whether a refusal speaks of a quota. */
function isMeant({ unit }: Quota, { scope }: ThrottleEvidence): boolean {
  return scope === (unit === "requests" ? "requests-per-minute" : "tokens-per-minute");
}
