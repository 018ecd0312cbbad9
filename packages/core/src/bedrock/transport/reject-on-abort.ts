/**
 * The same promise, but rejected with the signal's reason as soon as it aborts, for work that does not hear signals.
 * The work itself goes on; its late failure is nobody's.
 */
export function rejectOnAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const stopListening = (): void => signal.removeEventListener("abort", onAbort);
    work.then(
      (value) => {
        stopListening();
        resolve(value);
      },
      (error) => {
        stopListening();
        reject(error);
      },
    );
  });
}
