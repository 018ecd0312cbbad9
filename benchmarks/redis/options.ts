import { parseArgs } from "node:util";
import { type LimiterKind, limiterKinds } from "@shardrock/simulator";
import { namesOf } from "../measure/option-values.ts";

export const parts = ["speed", "fleet", "gone", "others"] as const;
export type Part = (typeof parts)[number];

/** What the command line asks for. */
export interface CommandLine {
  readonly parts: readonly Part[];
  readonly limiter: LimiterKind;
  /** Only shows that it runs. */
  readonly isQuick: boolean;
}

/** @throws {Error} saying which option is wrong. */
export function readOptions(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: "string" },
      limiter: { type: "string", default: "bucket25" },
      quick: { type: "boolean", default: false },
    },
  });
  const [limiter = "bucket25"] = namesOf("limiter", values.limiter, limiterKinds);
  return { parts: namesOf("part", values.part, parts), limiter, isQuick: values.quick };
}
