import type { CaseQuota } from "../../plan/plan-report.ts";
import type { SimulationReport } from "../../simulation/simulation-report.ts";
import { timeTicks, valueTicks } from "../charts/axis.ts";
import { type Line, lineChart } from "../charts/line-chart.ts";
import { foldedTable } from "../markup/data-table.ts";
import { type Markup, markup } from "../markup/markup.ts";
import { perMinute } from "../per-minute.ts";
import { unitName } from "../quota-name.ts";
import { toldCount, toldShort, toldTime } from "../told-figure.ts";
import type { Section } from "./section.ts";
import { type ShownCase, underName } from "./shown-case.ts";

type Unit = CaseQuota["unit"];
const units: readonly Unit[] = ["tokens", "requests", "inputTokens", "outputTokens"];

/** Values over time, one for each bucket. */
interface Track {
  readonly name: string;
  readonly values: readonly number[];
  readonly shape: NonNullable<Line["shape"]>;
}

interface TimeChart {
  readonly title: string;
  readonly upName: string;
  readonly bucketMs: number;
  readonly tracks: readonly Track[];
}

/** What came, what was taken and what the quotas carry, over time; then who waited. */
export function loadSection(shown: readonly ShownCase[]): Section {
  const charts = shown.flatMap((each) => caseCharts(each.detail, underName(each, shown)));
  const body = markup`<p>Of the typical run. A rate is what came within the minute that ends there; capacity is what all quotas of the
kind carry in a minute, in all accounts and Regions together. Calls that come above capacity wait or are refused.</p>
${charts.map(timeChart)}`;
  return { id: "load", title: "Load against capacity over time", body };
}

function caseCharts({ load, quotas }: SimulationReport, addition: string): readonly TimeChart[] {
  const { bucketMs } = load;
  // Calls are told by time, not by endpoint: where there are two, what came stands against neither.
  const isMixed = new Set(quotas.map(({ endpoint }) => endpoint)).size > 1;
  const rates = units.flatMap((unit): TimeChart[] => {
    const alike = quotas.filter((quota) => quota.unit === unit);
    if (alike.length === 0) return [];
    const asked = unit === "tokens" ? load.tokens : unit === "requests" ? load.calls : undefined;
    const used = load.calls.map((_, place) => alike.reduce((sum, each) => sum + (each.usedOverTime[place] ?? 0), 0));
    const capacity = alike.reduce((sum, { limit, windowMs }) => sum + (limit * 60_000) / windowMs, 0);
    const came: Track[] =
      asked === undefined || isMixed ? [] : [{ name: "asked for", values: perMinute(asked, bucketMs), shape: "line" }];
    const name = unitName(unit);
    return [
      {
        title: `${name.charAt(0).toUpperCase()}${name.slice(1)} per minute${addition}`,
        upName: `${name} per minute`,
        bucketMs,
        tracks: [
          { name: "taken", values: perMinute(used, bucketMs), shape: "area" },
          { name: "capacity", values: used.map(() => capacity), shape: "line" },
          ...came,
        ],
      },
    ];
  });
  const calls: TimeChart = {
    title: `Calls waiting and under way${addition}`,
    upName: "most calls at once",
    bucketMs,
    tracks: [
      { name: "waiting", values: load.mostWaiting, shape: "area" },
      { name: "under way", values: load.mostInFlight, shape: "line" },
    ],
  };
  return [...rates, calls];
}

function timeChart({ title, upName, bucketMs, tracks }: TimeChart): Markup {
  const buckets = tracks[0]?.values.length ?? 0;
  const spanMs = Math.max(1, buckets * bucketMs);
  const { end, ticks } = valueTicks(Math.max(...tracks.flatMap(({ values }) => values)), toldShort);
  const lines = tracks.map(({ name, values, shape }) => ({ name, shape, points: pointsOf(values, end) }));
  const most = tracks.map(({ name, values }) => `${name} at most ${toldCount(Math.max(0, ...values))}`).join(", ");
  const description = `Over ${toldTime(spanMs)}: ${most}.`;
  const rows = Array.from({ length: buckets }, (_, place) => place);
  return markup`<h3>${title}</h3>
${lineChart({ title, description, lines, across: timeTicks(spanMs, toldTime), up: ticks, acrossName: "time of the run", upName })}${foldedTable(
    `Figures of “${title}”`,
    {
      caption: `${title}, by stretches of ${toldTime(bucketMs)}`,
      rows,
      columns: [
        { title: "from", kind: "name", cell: (place) => toldTime(place * bucketMs) },
        ...tracks.map(({ name, values }) => ({
          title: name,
          kind: "figure" as const,
          cell: (place: number) => toldCount(Math.round(values[place] ?? 0)),
        })),
      ],
    },
  )}`;
}

/** A value stands at the end of its stretch of time. */
function pointsOf(values: readonly number[], end: number): readonly { readonly x: number; readonly y: number }[] {
  const points = values.map((value, place) => ({ x: (place + 1) / values.length, y: value / end }));
  return [{ x: 0, y: (values[0] ?? 0) / end }, ...points];
}
