import type { Limiter, LimiterEntry, LimiterShape } from "./limiter.ts";

/** A counter that starts anew at every multiple of the window, shifted by a phase. */
export class FixedWindow implements Limiter {
  #limit: number;
  readonly #parts: number;
  readonly #windowMs: number;
  readonly #phaseMs: number;
  #window = Number.NEGATIVE_INFINITY;
  #used = 0;

  /** @param parts - into so many equal parts window and limit are cut. */
  constructor({ limit, windowMs, phaseMs }: LimiterShape, parts = 1) {
    this.#parts = parts;
    this.#limit = limit / parts;
    this.#windowMs = windowMs / parts;
    this.#phaseMs = phaseMs;
  }

  fits(hold: number, nowMs: number): boolean {
    this.#roll(nowMs);
    return this.#used + hold <= this.#limit;
  }

  take(hold: number, nowMs: number): LimiterEntry {
    this.#roll(nowMs);
    this.#used += hold;
    return { amount: hold, takenAtMs: nowMs };
  }

  /** Once the entry's window has rolled, a surplus returns nothing and a shortfall is charged to the current one. */
  end(entry: LimiterEntry, actual: number, nowMs: number): void {
    this.#roll(nowMs);
    const difference = actual - entry.amount;
    entry.amount = actual;
    if (this.#windowOf(entry.takenAtMs) === this.#window || difference > 0) this.#used += difference;
  }

  fitsInMs(hold: number, nowMs: number): number {
    if (hold > this.#limit) return Number.POSITIVE_INFINITY;
    if (this.fits(hold, nowMs)) return 0;
    return (this.#window + 1) * this.#windowMs - this.#phaseMs - nowMs;
  }

  limitTo(limit: number): void {
    this.#limit = limit / this.#parts;
  }

  #windowOf(atMs: number): number {
    return Math.floor((atMs + this.#phaseMs) / this.#windowMs);
  }

  #roll(nowMs: number): void {
    const window = this.#windowOf(nowMs);
    if (window === this.#window) return;
    this.#window = window;
    this.#used = 0;
  }
}
