/** Time as an argument: everything that waits or measures takes one, so tests and simulations own time. */
export interface Clock {
  /** Milliseconds of a clock that never runs backwards; only differences mean anything. */
  monotonicMs(): number;
  /** Milliseconds since 1970; compared only with timestamps AWS gave us. */
  epochMs(): number;
  /**
   * Waits. A delay of 0 or less still yields once.
   * @throws the signal's reason, when the signal aborts before the time is up.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls back once after `ms`; dispose to cancel.
   * @param keepsAlive - true: the process does not end before, because somebody awaits what the callback brings.
   */
  timer(ms: number, callback: () => void, keepsAlive?: boolean): Disposable;
}

/** Longest delay Node's timers take; a longer one would fire at once. Source: Node.js docs, `setTimeout`. */
const longestTimerMs = 2 ** 31 - 1;

/** A date of HTTP, such as `Tue, 01 Jan 2030 00:00:00 GMT`, in ms since 1970; undefined when it is none. Reads no clock. */
export function epochMsOf(date: string): number | undefined {
  const ms = httpDate.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Source: RFC 9110, 5.6.7, the one form that may be sent. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The machine's own time. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  timer(ms, callback, keepsAlive = false) {
    const handle = setTimeout(callback, Math.min(Math.max(ms, 0), longestTimerMs));
    if (!keepsAlive) handle.unref();
    return { [Symbol.dispose]: () => clearTimeout(handle) };
  },
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const handle = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(Math.max(ms, 0), longestTimerMs),
      );
      const onAbort = (): void => {
        clearTimeout(handle);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};
