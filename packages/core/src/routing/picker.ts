import type { Candidate } from "../budget/target.ts";
import type { Random } from "../random.ts";
import type { Starts } from "./asked-book.ts";

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

/** What says which of many candidates can start earliest. */
export interface EarliestBy {
  readonly ledger: Starts;
  /** The clock's `monotonicMs`. */
  readonly nowMs: number;
  readonly random: Random;
}

/** As `pickBest`, by the book alone, which is asked for all candidates at once if it can be. */
export function pickEarliest(
  candidates: readonly Candidate[],
  { ledger, nowMs, random }: EarliestBy,
): Choice | undefined {
  if (ledger.startsOfAll === undefined) {
    return pickBest(candidates, (candidate) => ledger.startsInMs(candidate, nowMs), random);
  }
  const starts = startsFor(candidates);
  ledger.startsOfAll(candidates, nowMs, starts);
  return bestOf(candidates, starts, random);
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
  const starts = startsFor(candidates);
  for (let place = 0; place < candidates.length; place += 1) {
    const candidate = candidates[place];
    if (candidate !== undefined) starts[place] = startsInMs(candidate);
  }
  return bestOf(candidates, starts, random);
}

/** Written over for each pick: numbers in an array of their own need no memory each. */
let scratch = new Float64Array(64);

function startsFor({ length }: readonly Candidate[]): Float64Array {
  if (scratch.length < length) scratch = new Float64Array(length * 2);
  return scratch;
}

function bestOf(candidates: readonly Candidate[], starts: Float64Array, random: Random): Choice | undefined {
  let best: Candidate | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  let bestStartsInMs = Number.POSITIVE_INFINITY;
  let ties = 1;
  // Counting is quicker here than `for of`: this runs for every candidate of every call.
  for (let place = 0; place < candidates.length; place += 1) {
    const candidate = candidates[place];
    const startMs = starts[place] ?? Number.POSITIVE_INFINITY;
    if (candidate === undefined || startMs === Number.POSITIVE_INFINITY) continue;
    const candidateScore = score(startMs, candidate.target.weight);
    if (candidateScore > bestScore) continue;
    ties = candidateScore === bestScore ? ties + 1 : 1;
    // Each of n ties wins with chance 1/n, whatever their order.
    if (ties > 1 && random() * ties >= 1) continue;
    best = candidate;
    bestScore = candidateScore;
    bestStartsInMs = startMs;
  }
  return best && { candidate: best, startsInMs: bestStartsInMs };
}
