import type { Serve, Stage } from "../stage.ts";
import { roundRobin } from "./round-robin.ts";
import { shardrock, told } from "./routed.ts";

/** Who decides where calls go: this library, the same router told by the limiter itself, and what people do today. */
export const contenders = {
  shardrock,
  told,
  "round-robin": roundRobin,
} as const satisfies Readonly<Record<string, (stage: Stage) => Serve>>;

export type Contender = keyof typeof contenders;
