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
 * Calls that pay when a quota carries tokens for a second time: the one that moved, and those that come a little later
 * and find less room. Source: simulation, 16 to 40 accounts at 0.95 of their quotas: counting the mover alone, moves
 * bred moves (85 % of the cache's hits, p99 of waits 23 s); with 4 it was 96 % and 3.4 s, always at home 2.9 s.
 */
const callsThatPay = 4;

/** How busy it is where a call may go. */
export interface Crowd {
  /** Calls that wait; 0 up. */
  readonly waiting: number;
  /** Targets the call may use, 1 up. */
  readonly targets: number;
  /** Those of them that have room now. */
  readonly free: number;
}

/**
 * What is lost when a call leaves its cached prompt, in ms. The quota has to carry those tokens again, because what is
 * written to a cache counts and what is read from it does not: everybody pays for that who waits for room that is taken.
 * Where most targets are free nobody waits for them, however many wait for one. And the model has to read them again.
 * @param prefixTokens - cached at home; 0 up.
 * @param elsewhere - where the call would go instead.
 * Source: AWS, "How tokens are counted in Amazon Bedrock" (read 2026-11-22).
 */
export function cacheLossMs(
  prefixTokens: number,
  elsewhere: Candidate,
  { limits, crowd: { waiting, targets, free } }: { readonly limits: Limits; readonly crowd: Crowd },
): number {
  if (prefixTokens === 0) return 0;
  const rewritten = { target: elsewhere.target, cost: { tokens: prefixTokens, inputTokens: prefixTokens } };
  const payers = callsThatPay + (waiting / targets) * (1 - free / targets);
  return workMs([rewritten], limits) * payers + prefixTokens / prefillTokensPerMs;
}

/** What decides between home, where a prompt is cached, and the best of all candidates. All in ms. */
export interface HomeQuestion {
  /** Until the call fits at home; 0 or less is now. */
  readonly homeInMs: number;
  /** The same at the best candidate; 0 or less is now. */
  readonly bestInMs: number;
  /** What is lost by going there; 0 up. */
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
