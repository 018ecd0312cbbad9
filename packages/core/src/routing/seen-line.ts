import type { Asking } from "./asking.ts";
import type { Outlook } from "./outlook.ts";
import type { Place } from "./place.ts";

/** What a look has seen of a call that must wait. */
export interface Seen {
  readonly place: Place;
  readonly outlook: Outlook;
  /** In µs on `monotonicMs`: until when it surely waits, and what for. */
  readonly untilUs: number;
  readonly startUs: number;
  /** On `monotonicMs`: when a block ends that it waits for. */
  readonly unblocksAtMs: number;
}

/**
 * The calls that the last look has seen, in order, all of which must wait: a look goes on behind them, and what they claim
 * stands, while nothing has changed for them.
 */
export class SeenLine {
  readonly #all: Seen[] = [];
  #untilUs = Number.POSITIVE_INFINITY;
  #startUs = Number.POSITIVE_INFINITY;
  #unblocksAtMs = Number.POSITIVE_INFINITY;
  #isValid = false;

  /** On `monotonicMs`: when the first of them is to be looked at again. */
  againAtMs(asking: Asking): number {
    return Math.min(asking.nowMs + asking.inMs(this.#startUs), this.#unblocksAtMs);
  }

  get length(): number {
    return this.#all.length;
  }

  /** Something has changed for some of them. */
  invalidate(): void {
    this.#isValid = false;
  }

  isValidAt({ nowUs }: Asking): boolean {
    return this.#isValid && nowUs < this.#untilUs;
  }

  /** Nobody has been seen. */
  clear(): void {
    this.#all.length = 0;
    this.#untilUs = Number.POSITIVE_INFINITY;
    this.#startUs = Number.POSITIVE_INFINITY;
    this.#unblocksAtMs = Number.POSITIVE_INFINITY;
    this.#isValid = true;
  }

  add(seen: Seen): void {
    this.#all.push(seen);
    this.#untilUs = Math.min(this.#untilUs, seen.untilUs);
    this.#startUs = Math.min(this.#startUs, seen.startUs);
    this.#unblocksAtMs = Math.min(this.#unblocksAtMs, seen.unblocksAtMs);
  }

  /** Whether a call is the next that was seen, and still may go where it could. */
  isAt(index: number, place: Place): boolean {
    const seen = this.#all[index];
    if (seen?.place !== place) return false;
    const { ticket } = place.waiter;
    return ticket.eligible() === seen.outlook.candidates && ticket.home() === undefined;
  }

  /** The first of them. */
  first(count: number): readonly Place[] {
    return this.#all.slice(0, count).map(({ place }) => place);
  }
}
