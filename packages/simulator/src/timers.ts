import type { Clock } from "@shardrock/core";

/** Timers that can all be cancelled together. */
export class Timers implements Disposable {
  readonly #clock: Clock;
  readonly #open = new Set<Disposable>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Calls back once after `ms`, unless disposed before. */
  after(ms: number, callback: () => void): void {
    const timer = this.#clock.timer(ms, () => {
      this.#open.delete(timer);
      callback();
    });
    this.#open.add(timer);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#open) timer[Symbol.dispose]();
    this.#open.clear();
  }
}
