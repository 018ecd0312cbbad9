import type { Clock } from "@shardrock/core";

/** The store may be ahead of what was last seen by so much: clocks that drift by more are broken. */
const driftPerUs = 2e-4;
/**
 * A store that answers with a time so much earlier, twice in a row, runs on another machine's clock now. Once it may be an
 * answer that lay here while the process stood still.
 */
const anotherClockUs = 1_000_000;

/**
 * What the store's clock shows, between its answers: an answer that took no time on its way would show most, so the
 * latest of all is believed, and a little less the older it is. Times are integer µs.
 */
export class StoreClock {
  readonly #clock: Clock;
  #offsetUs: number | undefined;
  #seenAtUs = 0;
  #isSuspect = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the store has ever answered. */
  get isKnown(): boolean {
    return this.#offsetUs !== undefined;
  }

  /** An answer has come just now. */
  saw(storeUs: number): void {
    const hereUs = this.#hereUs();
    const offsetUs = storeUs - hereUs;
    const before = this.#offsetUs;
    const believed = before === undefined ? offsetUs : before - (hereUs - this.#seenAtUs) * driftPerUs;
    const isEarlier = offsetUs < believed - anotherClockUs;
    const isSuspect = isEarlier && !this.#isSuspect;
    this.#isSuspect = isSuspect;
    if (isSuspect) return;
    this.#offsetUs = isEarlier ? offsetUs : Math.max(offsetUs, believed);
    this.#seenAtUs = hereUs;
  }

  nowUs(): number {
    return this.atUs(this.#clock.monotonicMs());
  }

  /** @param nowMs - the clock's `monotonicMs`. */
  atUs(nowMs: number): number {
    return Math.floor(nowMs * 1e3 + (this.#offsetUs ?? this.#guessUs()));
  }

  #hereUs(): number {
    return this.#clock.monotonicMs() * 1e3;
  }

  /** Before the first answer: stores go by the time of day. */
  #guessUs(): number {
    return (this.#clock.epochMs() - this.#clock.monotonicMs()) * 1e3;
  }
}
