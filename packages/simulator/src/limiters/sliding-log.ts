import type { Limiter, LimiterEntry } from "./limiter.ts";

/** An exact log of the last window. */
export class SlidingLog implements Limiter {
  #limit: number;
  readonly #windowMs: number;
  /** Oldest first, from `#first` on. */
  #log: LimiterEntry[] = [];
  #first = 0;
  #used = 0;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  fits(hold: number, nowMs: number): boolean {
    this.#expire(nowMs);
    return this.#used + hold <= this.#limit;
  }

  take(hold: number, nowMs: number): LimiterEntry {
    this.#expire(nowMs);
    const entry = { amount: hold, takenAtMs: nowMs };
    this.#log.push(entry);
    this.#used += hold;
    return entry;
  }

  /** An entry that has left the window returns no surplus; its shortfall is charged now. */
  end(entry: LimiterEntry, actual: number, nowMs: number): void {
    this.#expire(nowMs);
    const difference = actual - entry.amount;
    if (this.#isCurrent(entry, nowMs)) {
      entry.amount = actual;
      this.#used += difference;
    } else if (difference > 0) this.take(difference, nowMs);
  }

  fitsInMs(hold: number, nowMs: number): number {
    if (hold > this.#limit) return Number.POSITIVE_INFINITY;
    this.#expire(nowMs);
    let used = this.#used;
    for (let index = this.#first; used + hold > this.#limit; index += 1) {
      const entry = this.#log[index];
      if (entry === undefined) break;
      used -= entry.amount;
      if (used + hold <= this.#limit) return entry.takenAtMs + this.#windowMs - nowMs;
    }
    return 0;
  }

  limitTo(limit: number): void {
    this.#limit = limit;
  }

  #isCurrent(entry: LimiterEntry, nowMs: number): boolean {
    return entry.takenAtMs + this.#windowMs > nowMs;
  }

  #expire(nowMs: number): void {
    for (let entry = this.#log[this.#first]; entry && !this.#isCurrent(entry, nowMs); entry = this.#log[this.#first]) {
      this.#used -= entry.amount;
      this.#first += 1;
    }
    if (this.#first < 1_000 || this.#first < this.#log.length / 2) return;
    this.#log = this.#log.slice(this.#first);
    this.#first = 0;
  }
}
