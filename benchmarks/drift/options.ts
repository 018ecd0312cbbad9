import { parseArgs } from "node:util";
import type { LimiterKind } from "@shardrock/simulator";
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

function seedsOf(value: string): readonly number[] {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--seeds must be a whole number from 1 up, got ${value}`);
  return Array.from({ length: count }, (_, index) => index + 1);
}

function namesOf<Name extends string>(
  option: string,
  value: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (value === undefined) return known;
  return value.split(",").map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new Error(`--${option} must be of ${known.join(", ")}, got ${name}`);
    return found;
  });
}
