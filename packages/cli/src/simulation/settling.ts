const settled = Promise.resolve();

/**
 * Calls back, again and again, when no promise can move any more: Node runs what was put off by `nextTick` only when the
 * queue of promise jobs is empty, and a tick that a job puts off comes after all jobs there are. Every so often it lets the
 * event loop turn, so that input, signals and progress are heard.
 * Source: Node.js docs, "process.nextTick" (read 2026-11-22).
 */
export class Settling {
  readonly #callback: () => void;
  #times = 0;

  constructor(callback: () => void) {
    this.#callback = callback;
  }

  /** Calls back once, when everything that moves has moved. */
  next(): void {
    void settled.then(this.#putOff);
  }

  readonly #putOff = (): void => {
    this.#times += 1;
    if (this.#times % stepsPerTurn === 0) setImmediate(this.#callback);
    else process.nextTick(this.#callback);
  };
}

const stepsPerTurn = 4_096;
