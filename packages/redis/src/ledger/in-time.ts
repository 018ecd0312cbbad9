import type { Clock } from "@shardrock/core";

export interface Patience {
  readonly clock: Clock;
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What an answer turns out to be, unless it takes too long; then it is left to whoever else waits for it.
 * @throws what the answer rejects with, or the signal's reason at once.
 */
export function inTime<T>(answer: Promise<T>, { clock, ms, signal }: Patience): Promise<T | "late"> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer[Symbol.dispose]();
      reject(signal?.reason);
    };
    const stop = (): void => {
      timer[Symbol.dispose]();
      signal?.removeEventListener("abort", onAbort);
    };
    const timer = clock.timer(
      ms,
      () => {
        signal?.removeEventListener("abort", onAbort);
        resolve("late");
      },
      true,
    );
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
