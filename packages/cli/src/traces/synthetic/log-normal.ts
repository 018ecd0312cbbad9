/** Parameters of a log-normal distribution: of the logarithm. */
export interface LogNormal {
  readonly mu: number;
  readonly sigma: number;
}

/** The 95th percentile of the standard normal distribution. */
const z95 = 1.6448536269514722;

/** A log-normal distribution's 95th percentile is at most this many times its mean, about 3.87. */
export const mostP95ToMean: number = Math.exp((z95 * z95) / 2);

/**
 * The log-normal distribution with a mean and a 95th percentile; of the two there are, the narrower.
 * From mean = exp(μ + σ²/2) and p95 = exp(μ + zσ): ln(p95 ÷ mean) = zσ − σ²/2.
 * @param mean - above 0.
 * @param p95 - from the mean up to `mostP95ToMean` times it.
 */
export function logNormalOf(mean: number, p95: number): LogNormal {
  const sigma = z95 - Math.sqrt(Math.max(0, z95 * z95 - 2 * Math.log(p95 / mean)));
  return { mu: Math.log(mean) - (sigma * sigma) / 2, sigma };
}
