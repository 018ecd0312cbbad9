import type { Limiter, LimiterEntry } from "./limiter.ts";

/** A bucket that refills all the time: what it holds at most is a share of the window's limit. */
export class TokenBucket implements Limiter {
  readonly #windowMs: number;
  readonly #burst: number;
  #capacity: number;
  #perMs: number;
  #level: number;
  #atMs = 0;

  /** @param limit - units per window. @param burst - capacity as a share of the limit, above 0. */
  constructor(limit: number, windowMs: number, burst: number) {
    this.#windowMs = windowMs;
    this.#burst = burst;
    this.#capacity = limit * burst;
    this.#level = this.#capacity;
    this.#perMs = limit / windowMs;
  }

  fits(hold: number, nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#level >= hold;
  }

  take(hold: number, nowMs: number): LimiterEntry {
    this.#refill(nowMs);
    this.#level -= hold;
    return { amount: hold, takenAtMs: nowMs };
  }

  end(entry: LimiterEntry, actual: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#level = Math.min(this.#capacity, this.#level + entry.amount - actual);
    entry.amount = actual;
  }

  fitsInMs(hold: number, nowMs: number): number {
    this.#refill(nowMs);
    if (hold > this.#capacity) return Number.POSITIVE_INFINITY;
    return Math.max(0, (hold - this.#level) / this.#perMs);
  }

  /** A smaller bucket spills what it cannot hold; a larger one fills up at its new rate. */
  limitTo(limit: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#capacity = limit * this.#burst;
    this.#perMs = limit / this.#windowMs;
    this.#level = Math.min(this.#capacity, this.#level);
  }

  #refill(nowMs: number): void {
    this.#level = Math.min(this.#capacity, this.#level + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
