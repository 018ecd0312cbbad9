import { parseArgs } from "node:util";
import type { LimiterKind } from "@shardrock/simulator";
import { namesOf, seedsOf } from "../measure/option-values.ts";
import { type Contender, contenderNames, type LoadName, loads } from "./scene.ts";

const limiters = ["bucket25", "fixed60", "sliding60"] as const satisfies readonly LimiterKind[];

const loadNames = ["overload", "fits"] as const satisfies readonly LoadName[];

/** What the command line asks for. */
export interface CommandLine {
  readonly loads: readonly LoadName[];
  readonly limiters: readonly LimiterKind[];
  readonly contenders: readonly Contender[];
  readonly seeds: readonly number[];
  /** Prints every minute of every run. */
  readonly isVerbose: boolean;
}

/** @throws {Error} saying which option is wrong. */
export function readOptions(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      load: { type: "string" },
      limiter: { type: "string" },
      contender: { type: "string" },
      seeds: { type: "string", default: "3" },
      minutes: { type: "boolean", default: false },
    },
  });
  return {
    loads: namesOf("load", values.load, loadNames),
    limiters: namesOf("limiter", values.limiter, limiters),
    contenders: namesOf("contender", values.contender, contenderNames),
    seeds: seedsOf(values.seeds),
    isVerbose: values.minutes,
  };
}

/** For the title of a table. */
export function sayLoad(load: LoadName): string {
  return `${load}: ${loads[load]} times the summed quotas`;
}
