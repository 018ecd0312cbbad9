import type { EnforcementKind } from "./enforcement.ts";
import type { Learned } from "./gate-of.ts";
import { habit } from "./habit.ts";
import type { KnownLimit } from "./known-limit.ts";

/** What is known once AWS has refused, and that told how it may count. @param before - what was believed of that. */
export function answeredWith(
  { windowUs, known, enforcement: { kind, bucketSize } }: Learned,
  before: EnforcementKind | undefined,
  nowUs: number,
): Partial<KnownLimit> {
  // Refusals that follow each other are one answer.
  const isAnswer = nowUs - known.answeredAtUs > windowUs / 2;
  return {
    isCautious: false,
    ...(kind !== before && { believedSinceUs: nowUs }),
    ...(known.limit === 1 && { surprisedAtUs: nowUs }),
    limit: 1,
    confirmations: known.confirmations + (isAnswer ? 1 : 0),
    answeredAtUs: nowUs,
    ...(kind === "bucket" && { burst: Math.max(habit.burst / 2, bucketSize * 0.97) }),
  };
}
