import type { Attempt } from "@shardrock/core";
import type { Sabotage } from "./sabotage.ts";

/** Attempts that are made otherwise. */
export function attempting(change: <T>(attempt: Attempt<T>) => Attempt<T>): Sabotage {
  return { attempt: change };
}

/** Every second call starts when the next one has. */
export function startingSecondsLate(): Sabotage {
  const late: (() => void)[] = [];
  return attempting((attempt) => async (target, running) => {
    if (running.callId % 2 === 0) await new Promise<void>((resolve) => late.push(resolve));
    const answer = attempt(target, running);
    late.pop()?.();
    return answer;
  });
}

/** What an attempt is given, but the router never hears of one thing, or is not heard. */
export function hiding(running: Parameters<Attempt<unknown>>[1], what: "commit" | "fail" | "onStop"): typeof running {
  const { signal, callId, attempt, waitedMs } = running;
  return {
    signal,
    callId,
    attempt,
    waitedMs,
    onStop: (listener) => void (what === "onStop" || running.onStop?.(listener)),
    note: (facts) => running.note(facts),
    commit: () => void (what === "commit" || running.commit()),
    settle: (actual) => running.settle(actual),
    fail: (error) => void (what === "fail" || running.fail(error)),
  };
}
