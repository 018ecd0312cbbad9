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
    this.#timer = this.#clock.timer(Math.ceil(atMs - this.#clock.monotonicMs()), () => {
      this.#atMs = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  cancel(): void {
    this.#timer?.[Symbol.dispose]();
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
