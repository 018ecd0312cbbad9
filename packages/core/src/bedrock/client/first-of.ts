import type { Clock } from "../../clock.ts";

/** How long work is waited for. */
export interface Bound {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves when the work is done, the time is up, or the signal aborts; rejects as the work does. */
export async function firstOf(work: Promise<void>, { clock, timeoutMs, signal }: Bound): Promise<void> {
  const { promise: over, resolve } = withResolver();
  using _timer = clock.timer(timeoutMs, resolve, true);
  signal?.addEventListener("abort", resolve, { once: true });
  if (signal?.aborted) resolve();
  try {
    await Promise.race([work, over]);
  } finally {
    signal?.removeEventListener("abort", resolve);
  }
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
