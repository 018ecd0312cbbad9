import { type Random, seededRandom } from "../../random.ts";
import type { EndedLength } from "../usage/estimates/output-lengths.ts";

/** For tests: one answer's length in tokens, drawn. */
export type DrawLength = (random: Random) => number;

/** Most answers near `median`, some many times as long: what chat looks like. */
export function lognormal(median: number, sigma: number): DrawLength {
  return (random) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(1, Math.round(median * Math.exp(sigma * normal)));
  };
}

/** Many lengths of one seed. */
export function lengthsOf(draw: DrawLength, count: number, seed: number): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => draw(random));
}

/** The length that a share `risk` of these exceeds. */
export function trueQuantile(lengths: readonly number[], risk: number): number {
  const sorted = lengths.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * (1 - risk)) - 1] ?? 0;
}

/** A call whose answer would have so many tokens, under a limit. */
export function endedAt(length: number, limit: number, change: Partial<EndedLength> = {}): EndedLength {
  return {
    outputTokens: Math.min(length, limit),
    isCut: length > limit,
    heldTokens: limit,
    isUnset: false,
    inputTokens: 500,
    ...change,
  };
}
