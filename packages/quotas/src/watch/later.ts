import type { Clock } from "@shardrock/core";

/** When something is done. */
export interface When {
  readonly ms: number;
  /** As of a clock's timer. */
  readonly keepsAlive?: boolean;
}

/** Things to do once, soon: who asks for one that is about to be done asks for nothing more. */
export class Later implements Disposable {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Disposable>();
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it is about to be done. */
  has(name: string): boolean {
    return this.#timers.has(name);
  }

  soon(name: string, { ms, keepsAlive }: When, action: () => void): void {
    if (this.#isOver || this.#timers.has(name)) return;
    const done = (): void => {
      this.#timers.delete(name);
      action();
    };
    this.#timers.set(name, this.#clock.timer(ms, done, keepsAlive));
  }

  stop(name: string): void {
    this.#timers.get(name)?.[Symbol.dispose]();
    this.#timers.delete(name);
  }

  /** Nothing is done any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const name of this.#timers.keys()) this.stop(name);
  }
}
