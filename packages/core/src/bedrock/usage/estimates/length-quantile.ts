import { binCount, mostIn } from "./length-bins.ts";
import { growth, type OutputLengths } from "./output-lengths.ts";

/** Calls that must be as long as a quantile or longer before it is believed. */
const evidenceCalls = 10;

/** Rounding of sums of weights must not hide that a risk is just met. */
const rounding = 1e-9;

/** What is known of the length that a share of answers exceeds. */
export type LengthQuantile =
  | { readonly kind: "known"; readonly tokens: number }
  /** `moreCalls` is Infinity when old calls fade before there are enough. */
  | { readonly kind: "too-few-calls"; readonly moreCalls: number }
  /** Too many answers were cut by their limits for anybody to know. */
  | { readonly kind: "answers-cut" };

/**
 * The length that no more than a share of answers exceeds, at most 4.4 % too long.
 *
 * Answers that were cut are right-censored: each counts as an answer as long as it got, and from there on it is as those
 * that were let go on (the product-limit estimate). So cuts never make answers look short, and where nobody was let
 * go on, nothing is known. It holds as far as limits are not set by who expects a long answer.
 * Source: Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations" (JASA 53, 1958). Calls of unequal
 * weight count as (sum of weights)² ÷ sum of squares: Kish, "Survey Sampling" (1965).
 * @param risk - the share, above 0 and below 1.
 */
export function lengthQuantile(lengths: OutputLengths, risk: number): LengthQuantile {
  const { weight, squares, ended, cut } = lengths;
  const needed = evidenceCalls / risk;
  const calls = effectiveCalls(weight, squares);
  if (calls < needed) return { kind: "too-few-calls", moreCalls: moreCallsFor(lengths, needed) };
  let atRisk = total(ended) + total(cut);
  const leastAtRisk = (evidenceCalls / calls) * atRisk * (1 - rounding);
  let longer = 1;
  for (let bin = 0; bin < binCount; bin++) {
    const ends = ended[bin] ?? 0;
    // Whoever was cut in a bin was still being watched in it.
    if (ends > 0) longer *= 1 - ends / atRisk;
    if (longer <= risk * (1 + rounding)) {
      return atRisk < leastAtRisk ? { kind: "answers-cut" } : { kind: "known", tokens: mostIn(bin) };
    }
    atRisk -= ends + (cut[bin] ?? 0);
  }
  return { kind: "answers-cut" };
}

/** How many calls of one weight would say as much. */
function effectiveCalls(weight: number, squares: number): number {
  return squares === 0 ? 0 : (weight * weight) / squares;
}

/** How many calls must still come for evidence of so many. */
function moreCallsFor({ weight, squares }: OutputLengths, needed: number): number {
  const after = (calls: number): number => {
    const kept = growth ** -calls;
    const fresh = (1 - kept) / (growth - 1);
    const freshSquares = (1 - kept * kept) / (growth * growth - 1);
    return effectiveCalls(weight * kept + fresh, squares * kept * kept + freshSquares);
  };
  if (after(Number.POSITIVE_INFINITY) <= needed) return Number.POSITIVE_INFINITY;
  let few = 0;
  let enough = 1;
  while (after(enough) < needed) enough *= 2;
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (after(middle) < needed) few = middle;
    else enough = middle;
  }
  return enough;
}

function total(weights: Float64Array): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return sum;
}
