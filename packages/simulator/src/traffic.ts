import type { Random } from "@shardrock/core";

/** One call of a workload, in true tokens. */
export interface TrafficCall {
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Share of calls at most this large, and the size in tokens; linear in between. */
type Quantiles = readonly (readonly [share: number, tokens: number])[];

/**
 * Sizes of real chat. Source: quantiles of the Azure LLM inference trace 2023, conversation service (Microsoft,
 * CC-BY 4.0; Patel et al., "Splitwise", ISCA 2024), 19 366 calls, read 2026-11-22. Input and output are drawn apart:
 * their rank correlation there is 0.07.
 */
const inputQuantiles: Quantiles = [
  [0, 2], [0.01, 29], [0.05, 181], [0.1, 207], [0.2, 387], [0.3, 403], [0.4, 703], [0.45, 984], [0.5, 1_020],
  [0.6, 1_071], [0.7, 1_130], [0.75, 1_189], [0.8, 1_315], [0.85, 1_876], [0.9, 2_734], [0.93, 4_076], [0.95, 4_083],
  [0.99, 4_142], [0.995, 4_831], [0.999, 6_122], [0.9999, 7_650], [1, 14_050],
]; // prettier-ignore
const outputQuantiles: Quantiles = [
  [0, 7], [0.01, 16], [0.05, 41], [0.1, 54], [0.2, 77], [0.3, 91], [0.4, 103], [0.45, 113], [0.5, 129], [0.6, 177],
  [0.7, 384], [0.75, 395], [0.8, 400], [0.85, 411], [0.9, 424], [0.93, 433], [0.95, 451], [0.99, 601], [0.995, 643],
  [0.999, 954], [1, 1_000],
]; // prettier-ignore

/** A size drawn from real chat: input 2 to 14 050 tokens (mean 1 161), output 7 to 1 000 (mean 214). */
export function chatSize(random: Random): { readonly inputTokens: number; readonly outputTokens: number } {
  return { inputTokens: draw(inputQuantiles, random()), outputTokens: draw(outputQuantiles, random()) };
}

/** Milliseconds until the next call of a Poisson stream. @param perMs - calls per ms, above 0. */
export function poissonGapMs(perMs: number, random: Random): number {
  return -Math.log(1 - random()) / perMs;
}

/** How long the simulated model takes: 0.5 s and 50 output tokens a second, 60 s at most. */
export function serviceMs(outputTokens: number): number {
  return Math.min(500 + outputTokens * 20, 60_000);
}

function draw(quantiles: Quantiles, share: number): number {
  let above = 0;
  while (above < quantiles.length - 1 && (quantiles[above]?.[0] ?? 1) < share) above += 1;
  const [highShare, high] = quantiles[above] ?? [1, 1];
  const [lowShare, low] = quantiles[Math.max(0, above - 1)] ?? [0, 1];
  if (highShare === lowShare) return high;
  return Math.round(low + ((high - low) * (share - lowShare)) / (highShare - lowShare));
}
