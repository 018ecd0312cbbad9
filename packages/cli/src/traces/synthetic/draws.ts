import type { Random } from "@shardrock/core";

/** A draw of the standard normal distribution. Source: Box and Muller 1958, one of its two values. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A draw of the exponential distribution with mean 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random());
}

/**
 * A draw of the gamma distribution with mean 1. Source: Marsaglia and Tsang 2000, with their boost for shapes below 1.
 * @param shape - above 0; 1 is exponential.
 */
export function gamma(shape: number, random: Random): number {
  if (shape === 1) return exponential(random);
  if (shape < 1) {
    const boost = (1 - random()) ** (1 / shape);
    return (gamma(shape + 1, random) * (shape + 1) * boost) / shape;
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / shape;
  }
}

/** Whole numbers from 1 up: how many tries until the first success, `most` at most. @param mean - without `most`, 1 up. */
export function geometric(mean: number, most: number, random: Random): number {
  if (mean <= 1) return 1;
  return Math.min(most, 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - 1 / mean)));
}

/** The mean of what `geometric` draws. */
export function geometricMean(mean: number, most: number): number {
  return mean <= 1 ? 1 : mean * (1 - (1 - 1 / mean) ** most);
}

/** Chance for each purpose, so that drawing more for one changes nothing for the others. */
export function streamSeed(seed: number, purpose: number): number {
  let mixed = Math.imul((seed >>> 0) ^ Math.imul(purpose + 1, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
