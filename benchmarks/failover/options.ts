import { parseArgs } from "node:util";
import type { LimiterKind } from "@shardrock/simulator";
import { namesOf, seedsOf } from "../measure/option-values.ts";
import { type Contender, contenderNames, type Fault } from "./fault.ts";

/** A table of the bench. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly fault: Fault;
  readonly limiters: readonly LimiterKind[];
}

const limiters = ["bucket25", "fixed60", "sliding60"] as const satisfies readonly LimiterKind[];

const rows: readonly Row[] = [
  { name: "denied", title: "its role is denied", fault: { kind: "denied", isStream: true }, limiters },
  { name: "503", title: "it answers 503", fault: { kind: "unavailable", isStream: true }, limiters },
  {
    name: "black-hole",
    title: "it takes calls and never answers",
    fault: { kind: "black hole", isStream: true },
    limiters,
  },
  {
    name: "one-piece",
    title: "it takes calls and never answers; answers come in one piece, not as streams",
    fault: { kind: "black hole", isStream: false },
    limiters: ["bucket25"],
  },
];

/** What the command line asks for. */
export interface CommandLine {
  readonly rows: readonly Row[];
  readonly contenders: readonly Contender[];
  readonly seeds: readonly number[];
}

/** @throws {Error} saying which option is wrong. */
export function readOptions(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fault: { type: "string" },
      limiter: { type: "string" },
      contender: { type: "string" },
      seeds: { type: "string", default: "3" },
    },
  });
  const asked: readonly LimiterKind[] = namesOf("limiter", values.limiter, limiters);
  const names = namesOf("fault", values.fault, rows.map(({ name }) => name)); // prettier-ignore
  return {
    rows: rows
      .filter(({ name }) => names.includes(name))
      .map((row) => ({ ...row, limiters: row.limiters.filter((limiter) => asked.includes(limiter)) })),
    contenders: namesOf("contender", values.contender, contenderNames),
    seeds: seedsOf(values.seeds),
  };
}
