import type { LimiterKind } from "@shardrock/simulator";
import type { Cell } from "../cell.ts";
import type { Contender } from "../contenders/contender.ts";
import type { Figure } from "../figure.ts";
import type { Size } from "../size.ts";
import type { RunResult } from "../tally.ts";
import type { RunShape } from "../virtual-run.ts";

/** What the whole bench was asked for. */
export interface BenchOptions {
  readonly size: Size;
  readonly seeds: readonly number[];
  readonly minutes: number;
  readonly learningMinutes: number;
  readonly trace: string | undefined;
}

/** Results of a case by the name of the run, one a seed; a run left out by a filter is empty. */
export type Results = Readonly<Record<string, readonly RunResult[]>>;

/** One line of a row's table. */
export interface Case {
  readonly label: string;
  readonly limiter: LimiterKind;
  /** The cells of each run, one a seed. */
  readonly runs: Readonly<Record<string, readonly Cell[]>>;
  /** Figures in the order of the table's columns, the same titles for every case of a row. */
  judge(results: Results): readonly Figure[];
}

/** One promise of the bench. */
export interface Row {
  readonly number: number;
  readonly title: string;
  cases(options: BenchOptions): readonly Case[];
}

/** The same run for each seed. */
export function seeded(
  options: BenchOptions,
  shape: Pick<RunShape, "limiter" | "streams"> & Partial<RunShape> & { readonly contender: Contender },
): Cell[] {
  const { size, minutes, learningMinutes, trace } = options;
  return options.seeds.map((seed) => ({
    where: "virtual time",
    size,
    minutes,
    learningMinutes,
    trace,
    ...shape,
    seed,
  }));
}

/** The same shape for each of some contenders. */
export function contending(
  options: BenchOptions,
  shape: Pick<RunShape, "limiter" | "streams"> & Partial<RunShape>,
  contenders: readonly Contender[],
): Record<string, Cell[]> {
  return Object.fromEntries(contenders.map((contender) => [contender, seeded(options, { ...shape, contender })]));
}
