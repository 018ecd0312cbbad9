import type { Limits } from "../budget/limits.ts";
import type { Candidate } from "../budget/target.ts";
import { workMs } from "./lane-forecast.ts";

/**
 * Prompt tokens a model reads in a millisecond when nothing of them is cached.
 * Source: Anthropic cookbook, "Prompt caching through the Claude API" (read 2026-11-22): 187 354 tokens answered in 20.37 s
 * uncached and in 2.92 s cached. Models differ; the order of magnitude is what decides.
 */
const prefillTokensPerMs = 10;

/**
 * What a call loses elsewhere of a prompt that is cached at home, in ms: the quota's time to carry those tokens again,
 * because what is written to a cache counts and what is read from it does not, and the model's time to read them again.
 * @param prefixTokens - cached at home; 0 up.
 * @param elsewhere - where the call would go instead.
 * Source: AWS, "How tokens are counted in Amazon Bedrock" (read 2026-11-22).
 */
export function cacheLossMs(prefixTokens: number, { target }: Candidate, limits: Limits): number {
  if (prefixTokens === 0) return 0;
  const rewritten = { target, cost: { tokens: prefixTokens, inputTokens: prefixTokens } };
  return workMs([rewritten], limits) + prefixTokens / prefillTokensPerMs;
}

/** What decides between home, where a prompt is cached, and the best of all candidates. All in ms. */
export interface HomeQuestion {
  /** Until the call fits at home; 0 or less is now. */
  readonly homeInMs: number;
  /** The same at the best candidate; 0 or less is now. */
  readonly bestInMs: number;
  /** What the call loses by going there; 0 up. */
  readonly lossMs: number;
  /** How long the call has already waited for home while it could have started elsewhere; 0 up. */
  readonly heldBackMs: number;
  /** How long the call may still wait. */
  readonly leftMs: number;
}

/**
 * Whether a call stays at home: while the cached prompt it would lose is worth more than the waiting that staying costs
 * over all, and home has room before the deadline. Room at home right now costs nothing, so it always stays for that.
 */
export function staysHome({ homeInMs, bestInMs, lossMs, heldBackMs, leftMs }: HomeQuestion): boolean {
  if (homeInMs <= 0) return true;
  const extraMs = heldBackMs + homeInMs - Math.max(0, bestInMs);
  return extraMs <= lossMs && homeInMs <= leftMs;
}
