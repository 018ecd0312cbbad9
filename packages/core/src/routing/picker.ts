import type { Candidate } from "../budget/target.ts";
import type { Random } from "../random.ts";

/** A candidate and when it could start. */
export interface Choice {
  readonly candidate: Candidate;
  /** Milliseconds until it fits; 0 or less is now. */
  readonly startsInMs: number;
}

/** What ranks a candidate: milliseconds, lowest first. Slack counts by the account's weight, a wait as it is. */
export function score(startsInMs: number, weight: number): number {
  return startsInMs < 0 ? startsInMs * weight : startsInMs;
}

/**
 * The candidate that can start earliest, slack weighed by the account; ties go by chance.
 * @returns undefined when there is no candidate, or none can ever start.
 */
export function pickBest(
  candidates: readonly Candidate[],
  startsInMs: (candidate: Candidate) => number,
  random: Random,
): Choice | undefined {
  let best: Candidate | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  let bestStartsInMs = Number.POSITIVE_INFINITY;
  let ties = 1;
  for (const candidate of candidates) {
    const startMs = startsInMs(candidate);
    const candidateScore = score(startMs, candidate.target.weight);
    if (candidateScore > bestScore || startMs === Number.POSITIVE_INFINITY) continue;
    ties = candidateScore === bestScore ? ties + 1 : 1;
    // Each of n ties wins with chance 1/n, whatever their order.
    if (ties > 1 && random() * ties >= 1) continue;
    best = candidate;
    bestScore = candidateScore;
    bestStartsInMs = startMs;
  }
  return best && { candidate: best, startsInMs: bestStartsInMs };
}
