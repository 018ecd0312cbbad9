import type { PlanCase, PlannedConfig, PlannedTraffic, RunGrid } from "../../plan/plan-report.ts";
import { dataTable, foldedTable } from "../markup/data-table.ts";
import { type Markup, markup } from "../markup/markup.ts";
import { toldCount, toldMany, toldShare, toldTime } from "../told-figure.ts";
import { metMark } from "./case-figures.ts";
import type { Section } from "./section.ts";

export interface Basis {
  readonly configs: readonly PlannedConfig[];
  readonly traffic: PlannedTraffic;
  readonly grid: RunGrid;
  readonly cases: readonly PlanCase[];
  readonly assumptions: readonly string[];
}

/** What the answer stands on: the assumptions, config, traffic, seeds, and every run. */
export function basisSection({ configs, traffic, grid, cases, assumptions }: Basis): Section {
  const { seeds, limiters } = grid;
  const runs = seeds.length * limiters.length;
  const body = markup`<h3>Assumptions</h3>
<ul>${assumptions.map((each) => markup`<li>${each}</li>`)}</ul>
<h3>Seeds and spread</h3>
<p>The answer stands on ${toldMany(runs, "run")}: every combination of the seeds ${seeds.join(", ")} and the ways AWS may count a minute
(${limiters.join(", ")}). What-ifs may stand on fewer; how many, each table of runs says. A figure is the median of its runs; where they differ, the least and the most stand in brackets. The same inputs and seeds give the same file, byte for byte.</p>
${cases.map((each) => runsTable(each))}
<h3>Config</h3>
${configTable(configs)}
<h3>Traffic</h3>
<p>${traffic.says}</p>
${trafficTable(traffic)}`;
  return { id: "basis", title: "What this stands on", body };
}

function runsTable({ name, runs }: PlanCase): Markup {
  return foldedTable(`All ${toldMany(runs.length, "run")}: ${name}`, {
    caption: `All ${toldMany(runs.length, "run")}: ${name}`,
    rows: runs,
    columns: [
      { title: "seed", kind: "name", cell: ({ seed }) => seed },
      { title: "minute counted as", kind: "text", cell: ({ limiter }) => limiter },
      { title: "served", kind: "figure", cell: ({ served }) => toldShare(served) },
      { title: "refused", kind: "figure", cell: ({ refused }) => toldShare(refused) },
      { title: "p95 wait", kind: "figure", cell: ({ p95WaitMs }) => toldTime(p95WaitMs) },
      { title: "p99 wait", kind: "figure", cell: ({ p99WaitMs }) => toldTime(p99WaitMs) },
      { title: "SLO", kind: "text", cell: ({ isMet }) => metMark(isMet) },
    ],
  });
}

function configTable(configs: readonly PlannedConfig[]): Markup {
  return dataTable({
    caption: "Configs",
    rows: configs,
    columns: [
      { title: "config", kind: "name", cell: ({ name }) => name },
      { title: "accounts", kind: "figure", cell: ({ accounts }) => toldCount(accounts) },
      { title: "source Regions", kind: "text", cell: ({ regions }) => regions.join(", ") },
      { title: "models", kind: "text", cell: ({ models }) => models.join(", ") },
      { title: "limits", kind: "text", cell: ({ isDefault }) => (isDefault ? "AWS’s defaults" : "as configured") },
    ],
  });
}

function trafficTable(traffic: PlannedTraffic): Markup {
  const { calls, spanMs, callsPerSecond, meanInputTokens, meanOutputTokens, maxTokensShare, meanMaxTokens } = traffic;
  const rows: readonly (readonly [string, string])[] = [
    ["calls of a run", toldCount(calls)],
    ["from the first to the last", toldTime(spanMs)],
    ["calls per second", toldCount(callsPerSecond)],
    ["mean input", `${toldCount(meanInputTokens)} tokens`],
    ["mean output", `${toldCount(meanOutputTokens)} tokens`],
    ["calls that set max_tokens", toldShare(maxTokensShare)],
    ["mean max_tokens of those", meanMaxTokens === null ? "none set it" : `${toldCount(meanMaxTokens)} tokens`],
  ];
  return dataTable({
    caption: "Traffic",
    rows,
    columns: [
      { title: "figure", kind: "name", cell: ([name]) => name },
      { title: "value", kind: "figure", cell: ([, value]) => value },
    ],
  });
}
