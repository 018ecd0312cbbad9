import type { Clock } from "@shardrock/core";

export interface AskingAgain {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const pausesMs = [500, 2_000];

/** Names of errors that no second question mends. */
const final: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AbortError",
  "ShardrockError",
  "ResourceNotFoundException",
  "ValidationException",
  "UnrecognizedClientException",
]);

/** Asks AWS, and twice more when it is busy, lost, or finds the clock wrong. @throws what it failed with last. */
export async function askedAgain<Result>(ask: () => Promise<Result>, { clock, signal }: AskingAgain): Promise<Result> {
  for (const pauseMs of pausesMs) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Error && final.has(error.name)) throw error;
    }
    await clock.sleep(pauseMs, signal);
  }
  return ask();
}
