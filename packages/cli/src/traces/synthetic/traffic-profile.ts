import { z } from "zod";
import { type ShapeName, shapeNames } from "./shape-names.ts";
import { type SizeDistribution, sizeDistributionSchema } from "./size-distribution.ts";

/** What `shardrock fit` finds in a trace and the generator makes one of: sizes and shape, no calls. */
export interface TrafficProfile {
  readonly profile: "shardrock-traffic/1";
  readonly callsPerSecond: number;
  readonly durationMs: number;
  /** A name, or the rate in equal parts of the duration, as multiples of the mean. */
  readonly shape: ShapeName | readonly number[];
  /** Standard deviation of the gaps between calls by their mean, the shape taken off: 1 is Poisson. */
  readonly gapVariation: number;
  readonly input: SizeDistribution;
  readonly output: SizeDistribution;
  /** Undefined: calls set no maximum. `share`: of calls that set one. */
  readonly maxTokens?: { readonly share: number; readonly size: SizeDistribution } | undefined;
  /** Share of calls by name; empty: nobody said. */
  readonly models: Readonly<Record<string, number>>;
  readonly tenants: Readonly<Record<string, number>>;
}

const shares = z.record(z.string().min(1).max(2_048), z.number().min(0));

export const trafficProfileSchema: z.ZodType<TrafficProfile> = z.strictObject({
  profile: z.literal("shardrock-traffic/1"),
  callsPerSecond: z.number().positive().max(1e6),
  durationMs: z.number().positive(),
  shape: z.union([z.enum(shapeNames), z.array(z.number().min(0)).min(1).max(10_000)]),
  gapVariation: z.number().min(0).max(100),
  input: sizeDistributionSchema,
  output: sizeDistributionSchema,
  maxTokens: z.strictObject({ share: z.number().min(0).max(1), size: sizeDistributionSchema }).optional(),
  models: shares,
  tenants: shares,
});
