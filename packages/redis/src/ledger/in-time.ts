import type { Clock } from "@shardrock/core";

export interface Patience {
  readonly clock: Clock;
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A process that stood still hears its timers before it reads its sockets: where a timer rings late by more than the first,
 * answers may lie here unread, and are given the second, which is one turn of the event loop: it reads all that lies there.
 */
const stoodStillMs = 2;
const readSocketsMs = 1;

/**
 * What an answer turns out to be, unless it takes too long; then it is left to whoever else waits for it.
 * @throws what the answer rejects with, or the signal's reason at once.
 */
export function inTime<T>(answer: Promise<T>, { clock, ms, signal }: Patience): Promise<T | "late"> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const dueMs = clock.monotonicMs() + ms;
    const onAbort = (): void => {
      timer[Symbol.dispose]();
      reject(signal?.reason);
    };
    const stop = (): void => {
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", onAbort);
    };
    const giveUp = (): void => {
      signal?.removeEventListener("abort", onAbort);
      resolve("late");
    };
    const ring = (): void => {
      if (clock.monotonicMs() <= dueMs + stoodStillMs) return giveUp();
      timer = clock.timer(readSocketsMs, giveUp, true);
    };
    let timer = clock.timer(ms, ring, true);
    signal?.addEventListener("abort", onAbort, { once: true });
    answer.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
  });
}
