import type { Clock } from "@shardrock/core";

/** Lets one through at a time, and the next one no sooner than a pause later. */
export class Pace {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, pauseMs: number) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
  }

  /** @throws the signal's reason, when the signal aborts before its turn comes. */
  async next(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const nowMs = this.#clock.monotonicMs();
    const turnMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = turnMs + this.#pauseMs;
    if (turnMs > nowMs) await this.#clock.sleep(turnMs - nowMs, signal);
  }
}
