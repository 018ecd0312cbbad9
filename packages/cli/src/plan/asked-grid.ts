import { limiterKinds, type LimiterKind } from "@shardrock/simulator";
import type { CommandInput } from "../command-line/command-input.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { usualLimiters, usualSeeds } from "./assumptions.ts";
import type { RunGrid } from "./plan-report.ts";

/** The runs that `gridOptions` ask for. @throws {UsageError} */
export function askedGrid(input: CommandInput): RunGrid {
  const seeds = input.number("seeds", { from: 1, upTo: 20, isWhole: true }) ?? usualSeeds;
  return {
    seeds: Array.from({ length: seeds }, (_, place) => place + 1),
    limiters: askedLimiters(input.text("limiters")),
  };
}

function askedLimiters(text: string | undefined): readonly LimiterKind[] {
  if (text === undefined) return usualLimiters;
  if (text === "all") return limiterKinds;
  const wanted = text.split(",").map((part) => part.trim());
  const unknown = wanted.find((name) => limiterKinds.every((kind) => kind !== name));
  if (unknown !== undefined)
    throw new UsageError(
      `--limiters must name some of ${limiterKinds.join(", ")}, or all; got ${JSON.stringify(unknown)}`,
    );
  return limiterKinds.filter((kind) => wanted.includes(kind));
}

/** The factors of `--grow`, such as `2x,5x`, rising; without 1. @throws {UsageError} */
export function askedGrowth(text: string | undefined): readonly number[] {
  if (text === undefined) return [];
  const factors = text.split(",").map((part) => {
    const [, digits = ""] = /^\s*(\d{1,4}(?:\.\d{1,3})?)x?\s*$/.exec(part) ?? [];
    if (digits === "" || !(Number(digits) > 0))
      throw new UsageError(
        `--grow must be factors such as 2x or 1.5x,3x, got ${JSON.stringify(part.trim().slice(0, 40))}`,
      );
    return Number(digits);
  });
  return [...new Set(factors)].filter((factor) => factor !== 1).toSorted((one, other) => one - other);
}
