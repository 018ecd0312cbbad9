import type { Serve, Stage } from "../stage.ts";
import { adaptive } from "./adaptive.ts";
import { leastUsed, stickyUntilThrottled, weightedRandom } from "./failing-over.ts";
import { roundRobin } from "./round-robin.ts";
import { shardrock, told } from "./routed.ts";

/** What people do today. */
const baselines = {
  "round-robin": roundRobin,
  adaptive,
  "least-used": leastUsed,
  "weighted-random": weightedRandom,
  sticky: stickyUntilThrottled,
} as const satisfies Readonly<Record<string, (stage: Stage) => Serve>>;

/** Who decides where calls go: this library, the same router told by the limiters themselves, and what people do today. */
export const contenders = { shardrock, told, ...baselines } as const satisfies Readonly<
  Record<string, (stage: Stage) => Serve>
>;

export type Contender = keyof typeof contenders;

export const baselineNames = Object.keys(baselines) as readonly (keyof typeof baselines)[];
