import type { Clock } from "../clock.ts";

/** One timer, at the earliest of the times it was set for. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: Disposable | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** @param atMs - on `monotonicMs`; Infinity: never. An earlier ring looks again, so a later time changes nothing. */
  setFor(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.cancel();
    this.#atMs = atMs;
    // A start too near for a number to tell from now is not now: it must not ring in the same instant for ever.
    const inMs = Math.max(1, Math.ceil(atMs - this.#clock.monotonicMs()));
    this.#timer = this.#clock.timer(inMs, () => {
      this.#atMs = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  cancel(): void {
    this.#timer?.[Symbol.dispose]();
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
