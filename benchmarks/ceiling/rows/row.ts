import type { LimiterKind } from "@shardrock/simulator";
import type { Cell, VirtualCell } from "../cell.ts";
import { baselineNames, type Contender } from "../contenders/contender.ts";
import type { Figure } from "../figure.ts";
import type { RunResult } from "../run-result.ts";
import type { Size } from "../size.ts";
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
  /** Its runs are of real time, over sockets or not: one after the other, and never kept for later. */
  readonly needs?: "sockets" | "quiet";
  cases(options: BenchOptions): readonly Case[];
}

/** What a case says of its runs; the rest is the same for all. */
export type CaseShape = Pick<RunShape, "limiter" | "streams"> & Partial<Omit<RunShape, "seed" | "contender">>;

/** The same run for each seed. */
export function seeded(options: BenchOptions, shape: CaseShape & { readonly contender: Contender }): VirtualCell[] {
  const { size, minutes, learningMinutes, trace } = options;
  const { beliefs, ...rest } = shape;
  // Without the beliefs that it never hears of, a run is the same in every row, and is made once.
  const heard = beliefs !== undefined && believers.has(shape.contender) ? { beliefs } : {};
  return options.seeds.map((seed) => ({
    where: "virtual time" as const,
    size,
    minutes,
    learningMinutes,
    trace,
    ...rest,
    ...heard,
    seed,
  }));
}

/** Who is told what quotas are. */
const believers: ReadonlySet<Contender> = new Set(["shardrock", "least-used", "weighted-random"]);

/** This library and the told run, on the very same calls. */
export function withTold(options: BenchOptions, shape: CaseShape): Record<string, Cell[]> {
  return {
    shardrock: seeded(options, { ...shape, contender: "shardrock" }),
    told: seeded(options, { ...shape, contender: "told" }),
  };
}

/** What people do today, beside it: with nothing to learn they need less to settle, and five windows to count. */
export function others(options: BenchOptions, shape: CaseShape): Record<string, Cell[]> {
  return Object.fromEntries(
    baselineNames.map((contender) => [
      contender,
      seeded({ ...options, learningMinutes: 2, minutes: 7 }, { ...shape, contender }),
    ]),
  );
}
