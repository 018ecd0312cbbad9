import type { Config } from "@shardrock/core";
import type { LimiterKind } from "@shardrock/simulator";
import { sayCount, sayShare, sayTime } from "./figures.ts";
import type { PlannedConfig, PlannedTraffic, RunGrid } from "./plan-report.ts";

/**
 * Ways of counting a minute that differ in what they let a router have. On the workloads measured, bucket25 came out as
 * bucket100 did, and bucket12 and fixed60 between these three.
 */
export const usualLimiters: readonly LimiterKind[] = ["bucket100", "sliding60", "fixed10"];
export const usualSeeds = 3;

const limiterWords: Readonly<Record<LimiterKind, string>> = {
  bucket100: "a bucket of a minute's quota that refills evenly (bucket100)",
  bucket25: "a bucket of a quarter of it (bucket25)",
  bucket12: "a bucket of an eighth of it (bucket12)",
  fixed60: "minutes that begin at a time nobody knows (fixed60)",
  sliding60: "the last 60 s exactly (sliding60)",
  fixed10: "a sixth of it in each 10 s (fixed10)",
};

const unsetWords: Readonly<Record<Config["maxTokens"]["unset"], string>> = {
  "model-maximum": "AWS holds their model's maximum until they end.",
  learned:
    "they get one that the answers before them teach, as maxTokens.unset says; until those are enough, AWS holds their model's maximum.",
};

export interface Assumed {
  readonly config: Config;
  readonly grid: RunGrid;
  readonly traffic: PlannedTraffic;
  /** Of the traffic's source. */
  readonly sourceAssumes: readonly string[];
}

/** What was taken to be so, in sentences. */
export function assumptionsOf({ config, grid, traffic, sourceAssumes }: Assumed): readonly string[] {
  const unset = 1 - traffic.maxTokensShare;
  return [
    `AWS does not say how it counts a minute: every figure is of ${grid.limiters.length * grid.seeds.length} runs, by seed ${grid.seeds.join(", ")} and by each of ${grid.limiters.map((limiter) => limiterWords[limiter]).join("; ")}.`,
    "AWS enforces the limits that the config gives, and nobody else uses them; there are no faults and no quota of a day.",
    "A call takes 0.5 s and 20 ms for each output token, 60 s at most; nothing is read from a prompt cache.",
    "The router knows how many tokens a prompt has; a new process guesses, holding 1.1 tokens for 4 bytes at first, and learns it from the first calls.",
    ...(unset > 0 ? [`${sayShare(unset)} of the calls set no max_tokens: ${unsetWords[config.maxTokens.unset]}`] : []),
    ...(config.instances > 1
      ? ["All processes act as one, as they do with a shared book: instances is left out."]
      : []),
    `A call waits ${sayTime(config.waiting.maxWaitMs)} at most, then it is refused; at most ${sayCount(config.waiting.maxInFlight)} are under way at once.`,
    ...sourceAssumes,
  ];
}

/** What an SLO and the answers to it mean, in sentences. */
export const sloAssumptions: readonly string[] = [
  "A percentile of waits is of all calls that came: one that is not served waits for ever. The SLO is met when every run meets it.",
  "Accounts beyond those of the config have the same Regions and limits; raises go in steps of 5 %, alike in all accounts and Regions.",
];

export const growthAssumption =
  "A trace grows by its calls coming again, at times between each and the next; made-up traffic by its rate.";

/** A little less than five minutes: the last call comes before they have passed. */
const shortMs = 285_000;

/** What a reader should know before acting, in sentences. */
export function warningsOf(config: PlannedConfig, traffic: PlannedTraffic, unknown: number): readonly string[] {
  return [
    ...(config.isDefault
      ? ["The limits are AWS's defaults, not what an account of yours was given: new accounts often have less, or 0."]
      : []),
    ...(unknown > 0 ? [`${sayCount(unknown)} calls mean no model of the config and were left out.`] : []),
    ...(traffic.spanMs < shortMs
      ? [
          `The traffic lasts ${sayTime(traffic.spanMs)}: quotas begin unused, so what it takes for long is seen only in 5 minutes or more.`,
        ]
      : []),
  ];
}
