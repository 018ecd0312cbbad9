import type { Random } from "@shardrock/core";
import { z } from "zod";
import { normal } from "./draws.ts";
import { logNormalOf, mostP95ToMean } from "./log-normal.ts";

/** How many tokens calls have: by mean and 95th percentile, or by a table of quantiles, linear in between. */
export type SizeDistribution =
  | { readonly kind: "log-normal"; readonly mean: number; readonly p95: number }
  | {
      readonly kind: "quantiles";
      readonly mean: number;
      readonly p95: number;
      /** Share of calls at most this large, and the size; both rising. */
      readonly points: readonly SizePoint[];
    };
export type SizePoint = readonly [share: number, size: number];

const tokens = z.number().min(0).max(1e9);

export const sizeDistributionSchema: z.ZodType<SizeDistribution> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("log-normal"), mean: tokens.min(1), p95: tokens }),
  z.strictObject({
    kind: z.literal("quantiles"),
    mean: tokens,
    p95: tokens,
    points: z.array(z.tuple([z.number().min(0).max(1), tokens])).min(2),
  }),
]);

/** Says what is wrong with a mean and a 95th percentile, if anything. */
export function logNormalProblem(mean: number, p95: number): string | undefined {
  if (p95 >= mean && p95 <= mean * mostP95ToMean) return undefined;
  return `a p95 from 1 to ${mostP95ToMean.toFixed(2)} times the mean, which is what log-normal sizes can have; got ${mean},${p95}`;
}

/** Draws sizes: whole tokens, at least `least`. */
export function sizeDrawer(distribution: SizeDistribution, least: number): (random: Random) => number {
  switch (distribution.kind) {
    case "log-normal": {
      const { mu, sigma } = logNormalOf(distribution.mean, distribution.p95);
      return (random) => Math.max(least, Math.round(Math.exp(mu + sigma * normal(random))));
    }
    case "quantiles":
      return (random) => Math.max(least, Math.round(valueAt(distribution.points, random())));
    default:
      return distribution satisfies never;
  }
}

/** The size that a share of calls does not exceed. @param share - 0 to 1. */
function valueAt(points: readonly SizePoint[], share: number): number {
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 1) < share) low = middle;
    else high = middle;
  }
  const [lowShare, lowSize] = points[low] ?? [0, 0];
  const [highShare, highSize] = points[high] ?? [1, 0];
  if (highShare <= lowShare) return highSize;
  const part = Math.min(1, Math.max(0, (share - lowShare) / (highShare - lowShare)));
  return lowSize + (highSize - lowSize) * part;
}
