import { parseArgs } from "node:util";
import { limiterKinds, type LimiterKind } from "@shardrock/simulator";
import { namesOf, seedsOf } from "../measure/option-values.ts";

/** What the command line asks for. */
export interface CommandLine {
  /** Times what the quotas carry together. */
  readonly loads: readonly number[];
  readonly limiters: readonly LimiterKind[];
  /** Of the trace, and of the simulated AWS. */
  readonly seed: number;
  /** Length of the traffic, in ms. */
  readonly durationMs: number;
  /** Runs that a forecast stands on. */
  readonly plannedSeeds: number;
  /** Nothing was left out: what is written down. */
  readonly isWhole: boolean;
}

const usualLoads: readonly number[] = [0.6, 0.95, 1.5];
/** Those of `shardrock plan`, which are the furthest apart. */
const usualLimiters = ["bucket100", "sliding60", "fixed10"] as const satisfies readonly LimiterKind[];
const usualSeconds = 80;
const usualSeed = "1";

/** @throws {Error} saying which option is wrong. */
export function readOptions(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      load: { type: "string" },
      limiter: { type: "string" },
      seed: { type: "string", default: usualSeed },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const { load, limiter, seed, seconds, quick } = values;
  const usual = quick ? usualLimiters.slice(0, 1) : usualLimiters;
  return {
    loads: load === undefined ? (quick ? usualLoads.slice(2) : usualLoads) : load.split(",").map(loadOf),
    limiters: limiter === undefined ? usual : namesOf("limiter", limiter, limiterKinds),
    seed: seedsOf(seed).length,
    durationMs: secondsOf(seconds ?? String(quick ? 20 : usualSeconds)) * 1_000,
    plannedSeeds: 5,
    isWhole: !quick && seed === usualSeed && [load, limiter, seconds].every((value) => value === undefined),
  };
}

function loadOf(text: string): number {
  const load = Number(text);
  if (!(load > 0 && load <= 3)) throw new Error(`--load must be numbers above 0, up to 3, got ${text}`);
  return load;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 10 && seconds <= 600)) throw new Error(`--seconds must be 10 to 600, got ${text}`);
  return seconds;
}
