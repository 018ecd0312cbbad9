import { parseArgs } from "node:util";
import { limiterKinds } from "@shardrock/simulator";
import type { BenchOptions } from "./rows/row.ts";
import { defaultSize, fullSize } from "./size.ts";

/** What the command line asks for. */
export interface CommandLine extends BenchOptions {
  readonly isFull: boolean;
  /** The whole table at its own sizes, on generated traffic: nothing left out. */
  readonly isWhole: boolean;
  readonly withSockets: boolean;
  readonly json: string | undefined;
  /** Only these; undefined: all. */
  readonly rows: readonly string[] | undefined;
  readonly limiters: readonly string[] | undefined;
  /** Names of runs: contenders, and what a row compares itself with. */
  readonly contenders: readonly string[] | undefined;
  readonly labels: readonly string[] | undefined;
}

/** Minutes of a run in which the router learns: what comes later is held against the bars. */
const learningMinutes = 10;

/** @throws {Error} saying which option is wrong. */
export function readOptions(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: "string" },
      limiter: { type: "string" },
      contender: { type: "string" },
      case: { type: "string" },
      minutes: { type: "string", default: "30" },
      seeds: { type: "string" },
      full: { type: "boolean", default: false },
      trace: { type: "string" },
      json: { type: "string" },
      "no-sockets": { type: "boolean", default: false },
    },
  });
  const seeds = values.seeds ?? (values.full ? "10" : "3");
  return {
    size: values.full ? fullSize : defaultSize,
    seeds: Array.from({ length: count("seeds", seeds, 1) }, (_, index) => index + 1),
    minutes: count("minutes", values.minutes, learningMinutes + 1),
    learningMinutes,
    trace: values.trace,
    isFull: values.full,
    isWhole: args.every((argument) => argument === "--full"),
    withSockets: !values["no-sockets"],
    json: values.json,
    rows: values.rows?.split(","),
    contenders: values.contender?.split(","),
    limiters: namesOf("limiter", values.limiter, limiterKinds),
    labels: values.case?.split(","),
  };
}

function count(option: string, value: string, least: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`--${option} must be a whole number from ${least} up, got ${value}`);
}

function namesOf(option: string, value: string | undefined, known: readonly string[]): readonly string[] | undefined {
  const names = value?.split(",");
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--${option} must be of ${known.join(", ")}, got ${unknown}`);
  return names;
}
