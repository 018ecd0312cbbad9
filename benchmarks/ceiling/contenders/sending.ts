import { type Answered, attempt, serviceMsOf, type Serve, type Stage } from "../stage.ts";
import type { WorkCall } from "../stream.ts";

/** Tries a call at a target, by its place in the world, and says whether AWS took it. */
export type Try = (target: number) => Promise<boolean>;

/**
 * A contender without a waiting room: it sends by `send`, which says where the call was served, or undefined.
 * Its wait is what its retries took.
 */
export function sending(stage: Stage, send: (call: WorkCall, tryAt: Try) => Promise<number | undefined>): Serve {
  const { clock, tally, windowMs } = stage;
  return async (call) => {
    const sinceMs = clock.monotonicMs();
    let answered: Answered | undefined;
    const target = await send(call, async (place) => {
      const answer = await attempt(stage, place, call);
      if (answer.kind === "answered") answered = answer;
      return answer.kind === "answered";
    });
    if (target === undefined || answered === undefined) return tally.refuse(call.stream);
    const waitedMs = Math.max(0, clock.monotonicMs() - sinceMs - serviceMsOf(call, windowMs));
    tally.serve(call.stream, target, { ...answered, waitedMs });
  };
}
