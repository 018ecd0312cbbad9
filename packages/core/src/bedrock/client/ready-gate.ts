import type { Clock } from "../../clock.ts";
import { NoCapacityError } from "../../errors.ts";
import { abortErrorOf } from "../transport/abort-error.ts";

/** How long one call may wait, and how many at once. */
export interface ReadyWait {
  readonly signal: AbortSignal | undefined;
  readonly maxWaitMs: number;
  readonly maxQueued: number;
}

/** Where calls wait that come before quotas are known: bounded in time and number as the waiting room is. */
export class ReadyGate {
  readonly #clock: Clock;
  #ready: Promise<void> | undefined;
  #waiting = 0;

  /** @param ready - never rejects; undefined: open from the start. */
  constructor(ready: Promise<void> | undefined, clock: Clock) {
    this.#clock = clock;
    this.#ready = ready;
    void ready?.then(() => (this.#ready = undefined));
  }

  get isOpen(): boolean {
    return this.#ready === undefined;
  }

  /**
   * @throws an `AbortError` when the signal aborts.
   * @throws {NoCapacityError} when too many wait already, or it takes too long.
   */
  async pass({ signal, maxWaitMs, maxQueued }: ReadyWait): Promise<void> {
    const ready = this.#ready;
    if (signal?.aborted) throw abortErrorOf(signal.reason);
    if (ready === undefined) return;
    if (this.#waiting >= maxQueued) throw unready(`${this.#waiting} calls wait for that already`, maxWaitMs);
    this.#waiting += 1;
    try {
      await this.#wait(ready, { signal, maxWaitMs });
    } finally {
      this.#waiting -= 1;
    }
  }

  #wait(ready: Promise<void>, { signal, maxWaitMs }: Pick<ReadyWait, "signal" | "maxWaitMs">): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => end(() => reject(abortErrorOf(signal?.reason)));
      const timer = this.#clock.timer(maxWaitMs, () =>
        end(() => reject(unready(`this call may wait ${maxWaitMs} ms for that`, maxWaitMs))),
      );
      const end = (settle: () => void): void => {
        timer[Symbol.dispose]();
        signal?.removeEventListener("abort", onAbort);
        settle();
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      void ready.then(() => end(resolve));
    });
  }
}

function unready(why: string, retryAfterMs: number): NoCapacityError {
  return new NoCapacityError(`quotas are not known yet, and ${why}`, { retryAfterMs, isEstimated: true });
}
