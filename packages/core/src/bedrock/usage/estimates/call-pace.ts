/** Pace is not guessed from less than this share of a window. */
const leastShare = 1 / 60;

/** How many calls come in a minute, from the last one or two. */
export class CallPace {
  readonly #windowMs: number;
  #firstMs: number | undefined;
  #startMs = 0;
  #count = 0;
  #before = 0;

  /** @param windowMs - the minute, as AWS is taken to count it. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** A call ended at `nowMs`, on `monotonicMs`. */
  learn(nowMs: number): void {
    if (this.#firstMs === undefined) {
      this.#firstMs = nowMs;
      this.#startMs = nowMs;
    }
    this.#roll(nowMs);
    this.#count += 1;
  }

  /** Calls a minute, at `nowMs`. */
  perMinute(nowMs: number): number {
    if (this.#firstMs === undefined) return 0;
    this.#roll(nowMs);
    const age = (nowMs - this.#firstMs) / this.#windowMs;
    if (age < 1) return this.#count / Math.max(age, leastShare);
    return this.#count + this.#before * (1 - (nowMs - this.#startMs) / this.#windowMs);
  }

  #roll(nowMs: number): void {
    const windows = Math.floor((nowMs - this.#startMs) / this.#windowMs);
    if (windows < 1) return;
    this.#before = windows === 1 ? this.#count : 0;
    this.#count = 0;
    this.#startMs += windows * this.#windowMs;
  }
}
