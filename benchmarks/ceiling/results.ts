import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LimiterKind } from "@shardrock/simulator";
import { median } from "../measure/median.ts";
import { type Chart, type ChartBar, drawChart } from "./chart.ts";
import { baselineNames } from "./contenders/contender.ts";
import { isMet } from "./figure.ts";
import { type Machine, sayMachine } from "./machine.ts";
import type { CommandLine } from "./options.ts";
import type { Judged } from "./report.ts";
import type { RunResult } from "./run-result.ts";

const folder = new URL("../results/", import.meta.url);

/** What a run of the bench leaves behind. */
export interface BenchRun {
  readonly options: CommandLine;
  readonly machine: Machine;
  readonly seconds: number;
  readonly judged: readonly Judged[];
}

/** Writes the JSON, and the chart when its row was run. Only a whole table replaces what the repository shows. */
export function writeResults(run: BenchRun): readonly string[] {
  const { options, judged } = run;
  const name = options.isFull ? "ceiling-full" : "ceiling";
  const json = options.json ?? (options.isWhole ? fileOf(`${name}.json`) : undefined);
  if (json === undefined) return [];
  mkdirSync(folder, { recursive: true });
  const isOwn = options.json !== undefined;
  writeFileSync(json, `${JSON.stringify(asJson(run, isOwn), undefined, 1)}\n`);
  const chart = chartOf(run, judged);
  if (chart === undefined) return [json];
  const svg = options.json === undefined ? fileOf(`${name}.svg`) : `${json.replace(/\.json$/, "")}.svg`;
  writeFileSync(svg, drawChart(chart));
  return [json, svg];
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** @param hasRuns - with all that every run told: much more than a repository should carry. */
function asJson({ options, machine, seconds, judged }: BenchRun, hasRuns: boolean): unknown {
  const { minutes, learningMinutes, seeds, size, trace } = options;
  const { date, ...on } = machine;
  return {
    date,
    machine: on,
    seconds,
    minutes,
    learningMinutes,
    seeds,
    targets: size.tokensPerMinute.length,
    accounts: size.accounts,
    traced: trace !== undefined,
    cases: judged.map(({ row, one, figures, misses, results }) => ({
      row: row.number,
      title: row.title,
      case: one.label,
      limiter: one.limiter,
      figures: figures.map(({ bar, ...figure }) => ({
        ...figure,
        ...(bar && { bar, isMet: isMet({ ...figure, bar }) }),
      })),
      misses,
      ...(hasRuns && { runs: results }),
    })),
  };
}

/** The first row's chat: this library, what could be had, and what people do today. */
function chartOf({ machine, options }: BenchRun, judged: readonly Judged[]): Chart | undefined {
  const shown = judged.filter(({ row, one, results }) => {
    return row.number === 1 && one.label === "chat" && (results["shardrock"]?.length ?? 0) > 0;
  });
  if (shown.length === 0) return undefined;
  const { minutes, learningMinutes, seeds, size } = options;
  const fleet = `${size.tokensPerMinute.length} targets over ${size.accounts} accounts`;
  return {
    title: "Three times as many calls as the quotas can carry",
    subtitle: `${fleet}, calls that set max_tokens to 1 000, whichever way AWS counts a minute; the router is not told which.`,
    foot: `Medians of ${seeds.length} seeds, minutes ${learningMinutes} to ${minutes} in virtual time. ${sayMachine(machine)}. Drawn by: pnpm bench ceiling`,
    groups: shown.map(({ one, results }) => ({
      label: limiterWords[one.limiter],
      told: goodputOf(results["told"]),
      bars: ["shardrock", ...baselineNames].filter((name) => results[name]).map((name) => barOf(name, results[name])),
    })),
  };
}

const limiterWords: Readonly<Record<LimiterKind, string>> = {
  bucket100: "bucket of a minute",
  bucket25: "bucket of 15 s",
  bucket12: "bucket of 7.5 s",
  fixed60: "fixed minute",
  sliding60: "sliding minute",
  fixed10: "fixed 10 s",
};

const shownNames: Readonly<Record<string, string>> = {
  shardrock: "Shardrock",
  "round-robin": "round-robin + SDK retry",
  adaptive: "SDK adaptive",
  "least-used": "least used",
  "weighted-random": "random by quota",
  sticky: "sticky",
};

function barOf(name: string, runs: readonly RunResult[] | undefined): ChartBar {
  const throttled = median((runs ?? []).map(({ after }) => after.throttled));
  return { name: shownNames[name] ?? name, goodput: goodputOf(runs), throttled };
}

function goodputOf(runs: readonly RunResult[] | undefined): number {
  return median((runs ?? []).map(({ after }) => after.goodput));
}
