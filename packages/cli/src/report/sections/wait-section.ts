import type { PlanCase, WaitSpreads } from "../../plan/plan-report.ts";
import { type Tick, valueTicks } from "../charts/axis.ts";
import { lineChart } from "../charts/line-chart.ts";
import { dataTable, foldedTable } from "../markup/data-table.ts";
import { type Markup, markup } from "../markup/markup.ts";
import { toldShare, toldSpread, toldTime } from "../told-figure.ts";
import type { Section } from "./section.ts";
import type { ShownCase } from "./shown-case.ts";

/** Where the curve ends: beyond 99.9 % is the longest wait. */
const mostNines = 3.3;
const across: readonly Tick[] = [0, 0.5, 0.9, 0.99, 0.999].map((share) => ({
  share: ninesShare(share),
  label: toldShare(share),
}));

/** How long calls waited before they reached AWS. */
export function waitSection(shown: readonly ShownCase[], cases: readonly NamedCase[]): Section {
  const waits = shown.some(({ detail }) => detail.waitCurve.some(({ ms }) => ms > 0));
  const body = markup`<p>Waits of calls that were served, from when a call came until it was sent to AWS. Calls that were refused are not
among them.</p>
${waits ? curve(shown) : markup`<p><strong>No call waited in the typical run.</strong></p>`}${waitTable(cases)}`;
  return { id: "waits", title: "How long calls wait", body };
}

interface NamedCase {
  readonly name: string;
  readonly case: PlanCase;
}

function curve(shown: readonly ShownCase[]): Markup {
  const title = "Waits by share of the calls";
  const longest = Math.max(...shown.flatMap(({ detail }) => detail.waitCurve.map(({ ms }) => ms)));
  const { end, ticks } = waitTicks(longest);
  const lines = shown.map(({ name, detail: { waitCurve } }) => ({
    name,
    points: waitCurve.map(({ share, ms }) => ({ x: ninesShare(share), y: ms / end })),
  }));
  const described = shown.map(({ name, detail: { waits } }) => {
    const { p50Ms, p95Ms, p99Ms, longestMs } = waits;
    const [p50, p95, p99, last] = [p50Ms, p95Ms, p99Ms, longestMs].map(toldTime);
    return `${name}: half of the calls wait ${p50} at most, 95 % ${p95}, 99 % ${p99}; the longest wait is ${last}.`;
  });
  return markup`<h3>${title}</h3>
${lineChart({
  title,
  description: described.join(" "),
  lines,
  across,
  up: ticks,
  acrossName: "share of the calls that wait so long at most; the right half is the last tenth",
  upName: "wait",
})}${foldedTable(`Figures of “${title}”`, {
    caption: `${title}, in the typical run`,
    rows: shown[0]?.detail.waitCurve.map((_, place) => place) ?? [],
    columns: [
      { title: "share", kind: "name", cell: (place) => toldShare(shown[0]?.detail.waitCurve[place]?.share ?? 0) },
      ...shown.map(({ name, detail }) => ({
        title: name,
        kind: "figure" as const,
        cell: (place: number) => toldTime(detail.waitCurve[place]?.ms ?? 0),
      })),
    ],
  })}`;
}

const percentiles: readonly (readonly [name: string, of: keyof WaitSpreads])[] = [
  ["mean", "mean"],
  ["p50", "p50"],
  ["p90", "p90"],
  ["p95", "p95"],
  ["p99", "p99"],
  ["longest", "longest"],
];

function waitTable(cases: readonly NamedCase[]): Markup {
  return dataTable({
    caption: "Waits over all runs: the median run, and in brackets from which to which they went",
    rows: percentiles,
    columns: [
      { title: "wait", kind: "name", cell: ([name]) => name },
      ...cases.map(({ name, case: { waits } }) => ({
        title: name,
        kind: "figure" as const,
        cell: ([, of]: (typeof percentiles)[number]) => toldSpread(waits[of], toldTime),
      })),
    ],
  });
}

/** Each further nine takes as much of the width as the first nine tenths. */
function ninesShare(share: number): number {
  return Math.min(1, -Math.log10(Math.max(1 - share, 1e-9)) / mostNines);
}

/** Marks in the unit that the longest wait is told in, so that they are round. */
function waitTicks(longestMs: number): ReturnType<typeof valueTicks> {
  const unitMs = longestMs >= 3_600_000 ? 3_600_000 : longestMs >= 120_000 ? 60_000 : longestMs >= 1_000 ? 1_000 : 1;
  const { end, ticks } = valueTicks(longestMs / unitMs, (value) => toldTime(value * unitMs));
  return { end: end * unitMs, ticks };
}
