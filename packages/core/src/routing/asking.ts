import type { Candidate } from "../budget/target.ts";
import type { Starts } from "./asked-book.ts";

/** A book asked at one instant, in whole µs: what it tells then can be remembered without a rest of rounding. */
export class Asking {
  readonly #ledger: Starts;
  #nowMs = 0;
  #nowUs = 0;
  #era = 0;

  constructor(ledger: Starts) {
    this.#ledger = ledger;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get nowUs(): number {
    return this.#nowUs;
  }

  /** What was told in another era says nothing of this one. */
  get era(): number {
    return this.#era;
  }

  /** @param nowMs - the clock's `monotonicMs`. @param era - names what was told between two shifts that nobody tells of. */
  at(nowMs: number, era: number): void {
    this.#era = era;
    this.#nowMs = nowMs;
    this.#nowUs = Math.floor(nowMs * 1e3);
  }

  /** On `monotonicMs`, in µs: when a candidate starts. Above now exactly when the book says so. */
  startUs(candidate: Candidate): number {
    const startsInUs = this.#ledger.startsInMs(candidate, this.#nowMs) * 1e3;
    if (startsInUs <= 0) return this.#nowUs + startsInUs;
    return Math.max(this.#nowUs + 1, Math.ceil(this.#nowUs + startsInUs - rounding));
  }

  /** As a book tells it. */
  inMs(startUs: number): number {
    return (startUs - this.#nowUs) / 1e3;
  }
}

/** µs that a start may seem later than it is, because it came as a fraction of milliseconds. */
const rounding = 0.01;
