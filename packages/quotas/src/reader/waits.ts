import { type Clock, ShardrockError } from "@shardrock/core";

/**
 * Waits on a timer that keeps no process alive.
 * @throws the signal's reason, when the signal aborts before the time is up.
 */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await untilAborted(signal, (resolve) => clock.timer(ms, resolve));
}

/** What is asked for, in how long, and until when. */
export interface Bound {
  readonly clock: Clock;
  readonly ms: number;
  readonly signal: AbortSignal;
  /** For people: what takes too long. */
  readonly what: string;
}

/**
 * Does something that hears a signal, and gives it up after a while.
 * @throws {ShardrockError} `timeout`; what the work threw; the signal's reason.
 */
export async function within<T>(
  { clock, ms, signal, what }: Bound,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeUp = new AbortController();
  const giveUp = (): void => timeUp.abort(new ShardrockError("timeout", `${what} took more than ${ms} ms`));
  using _timer = clock.timer(ms, giveUp);
  const either = AbortSignal.any([signal, timeUp.signal]);
  try {
    const done = work(either);
    // What does not hear the signal is left to itself, so nobody waits for it.
    await untilAborted(either, (resolve, reject) => {
      done.then(() => resolve(), reject);
    });
    return await done;
  } catch (error) {
    // The SDK throws an error of its own when its signal aborts.
    signal.throwIfAborted();
    timeUp.signal.throwIfAborted();
    throw error;
  }
}

type Begin = (resolve: () => void, reject: (reason: unknown) => void) => Disposable | void;

function untilAborted(signal: AbortSignal, begin: Begin): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(asError(signal.reason));
    const end = (settle: () => void): void => {
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = (): void => {
      begun?.[Symbol.dispose]();
      reject(asError(signal.reason));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const begun = begin(
      () => end(resolve),
      (reason) => end(() => reject(asError(reason))),
    );
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new ShardrockError("closed", "the wait was ended", { cause: reason });
}
