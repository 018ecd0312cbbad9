import type { Cost } from "../budget/quota.ts";
import type { Candidate } from "../budget/target.ts";
import type { Ticket } from "./ticket.ts";

/** Candidates that say what AWS surely takes: what comes out of a cache may be free from the start. */
export function withCacheDoubt(candidates: readonly Candidate[], ticket: Ticket): readonly Candidate[] {
  const [first] = candidates;
  if (first === undefined || ticket.cachedTokens(first.target) === 0) return candidates;
  return candidates.map((candidate) => ({
    ...candidate,
    atLeast: without(candidate.cost, ticket.cachedTokens(candidate.target)),
  }));
}

/** A prompt counts as input tokens, or as tokens where they are one quota with the output's. */
function without(cost: Cost, promptTokens: number): Cost {
  const { tokens, inputTokens } = cost;
  return {
    ...cost,
    ...(tokens !== undefined && { tokens: Math.max(0, tokens - promptTokens) }),
    ...(inputTokens !== undefined && { inputTokens: Math.max(0, inputTokens - promptTokens) }),
  };
}
