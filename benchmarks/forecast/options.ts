import { parseArgs } from "node:util";
import { limiterKinds, type LimiterKind } from "@shardrock/simulator";
import { namesOf, seedsOf } from "../measure/option-values.ts";

/** What the command line asks for. */
export interface CommandLine {
  /** Times what the quotas carry together. */
  readonly loads: readonly number[];
  readonly limiters: readonly LimiterKind[];
  /** Of the trace. */
  readonly seed: number;
  /** How often reality is tried. */
  readonly draws: number;
  /** Length of the traffic, in ms. */
  readonly durationMs: number;
  /** Runs that a forecast stands on. */
  readonly plannedSeeds: number;
  /** All is as usual but for the loads that are run: the figures are kept. */
  readonly isUsual: boolean;
}

const usualLoads: readonly number[] = [0.95, 1.15, 1.5];
const usualLimiters = ["bucket25", "sliding60"] as const satisfies readonly LimiterKind[];
const usualDraws = 4;
const usualSeconds = 60;
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
      draws: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const { load, limiter, seed, seconds, draws, quick } = values;
  const usual = quick ? usualLimiters.slice(0, 1) : usualLimiters;
  return {
    loads: load === undefined ? (quick ? usualLoads.slice(2) : usualLoads) : load.split(",").map(loadOf),
    limiters: limiter === undefined ? usual : namesOf("limiter", limiter, limiterKinds),
    seed: Math.max(...seedsOf(seed)),
    durationMs: secondsOf(seconds ?? String(quick ? 20 : usualSeconds)) * 1_000,
    draws: draws === undefined ? (quick ? 1 : usualDraws) : drawsOf(draws),
    plannedSeeds: 20,
    isUsual: !quick && seed === usualSeed && [limiter, seconds, draws].every((value) => value === undefined),
  };
}

function loadOf(text: string): number {
  const load = Number(text);
  if (!(load > 0 && load <= 3)) throw new Error(`--load must be numbers above 0, up to 3, got ${text}`);
  return load;
}

function drawsOf(text: string): number {
  const draws = Number(text);
  if (!(Number.isInteger(draws) && draws >= 1 && draws <= 9)) throw new Error(`--draws must be 1 to 9, got ${text}`);
  return draws;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 10 && seconds <= 600)) throw new Error(`--seconds must be 10 to 600, got ${text}`);
  return seconds;
}
