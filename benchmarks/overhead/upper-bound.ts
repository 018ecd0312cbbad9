/** A geometric mean of ratios, and how far up it may truly be. */
export interface RatioEstimate {
  readonly mean: number;
  /** Upper end of the two-sided 95 % confidence interval (Student's t on the logarithms). */
  readonly upper: number;
}

/** @param ratios - of independent pairs, each above 0, at least 30. */
export function estimateRatio(ratios: readonly number[]): RatioEstimate {
  const logs = ratios.map(Math.log);
  const count = logs.length;
  if (count < 30) throw new Error(`${count} pairs are too few`);
  const mean = logs.reduce((sum, each) => sum + each, 0) / count;
  const variance = logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (count - 1);
  return { mean: Math.exp(mean), upper: Math.exp(mean + tOf30 * Math.sqrt(variance / count)) };
}

/** Student's t, 97.5 %, for 29 degrees of freedom; more pairs need less. */
const tOf30 = 2.045;
