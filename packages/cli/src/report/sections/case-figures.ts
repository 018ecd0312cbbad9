import type { PlanCase } from "../../plan/plan-report.ts";
import { stackedBars } from "../charts/stacked-bars.ts";
import { type Column, dataTable } from "../markup/data-table.ts";
import { type Content, type Markup, markup } from "../markup/markup.ts";
import { toldShare, toldSpread, toldTime } from "../told-figure.ts";

const partNames = ["served at once", "served after waiting", "refused", "lost"];

/** Cases side by side: bars of what became of the calls, and the figures below. */
export function caseFigures(title: string, cases: readonly PlanCase[], slo: string | null): Markup {
  const bars = cases.map(({ name, served, delayed, refused, lost }) => {
    const parts = [Math.max(0, served.typical - delayed.typical), delayed.typical, refused.typical, lost.typical];
    // Medians of parts need not be parts of a whole.
    const whole = Math.max(
      1,
      parts.reduce((sum, part) => sum + part, 0),
    );
    return { name, parts: parts.map((part) => part / whole) };
  });
  const description = `${cases.length} bars, one each; the table below has the figures.`;
  return markup`${stackedBars({ title, description, partNames, bars })}${dataTable({
    caption: `${title}: the median of all runs, and in brackets from which to which they went`,
    rows: cases,
    columns: [...columns, ...(slo === null ? [] : [metColumn])],
  })}`;
}

/** Whether all runs meet what was asked, in a word and a colour. */
export function metMark(isMet: boolean | null): Content {
  if (isMet === null) return "not asked";
  return isMet ? markup`<span class="good">✓ met</span>` : markup`<span class="bad">✗ not met</span>`;
}

const columns: readonly Column<PlanCase>[] = [
  { title: "case", kind: "name", cell: ({ name }) => name },
  { title: "served", kind: "figure", cell: ({ served }) => toldSpread(served, toldShare) },
  { title: "waited", kind: "figure", cell: ({ delayed }) => toldSpread(delayed, toldShare) },
  { title: "refused", kind: "figure", cell: ({ refused }) => toldSpread(refused, toldShare) },
  { title: "lost", kind: "figure", cell: ({ lost }) => toldSpread(lost, toldShare) },
  { title: "throttled attempts", kind: "figure", cell: ({ throttled }) => toldSpread(throttled, toldShare) },
  { title: "p95 wait", kind: "figure", cell: ({ waits }) => toldSpread(waits.p95, toldTime) },
  { title: "p99 wait", kind: "figure", cell: ({ waits }) => toldSpread(waits.p99, toldTime) },
  { title: "binds most", kind: "text", cell: ({ binding }) => binding ?? "nothing" },
];

const metColumn: Column<PlanCase> = {
  title: "SLO",
  kind: "text",
  cell: ({ isMet, runsMet, runs }) => markup`${metMark(isMet)}: ${runsMet} of ${runs.length} runs meet it`,
};
