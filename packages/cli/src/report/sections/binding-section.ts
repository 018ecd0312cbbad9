import type { CaseQuota } from "../../plan/plan-report.ts";
import type { QuotaReport } from "../../simulation/quota-use.ts";
import { timeTicks } from "../charts/axis.ts";
import { strips } from "../charts/strips.ts";
import { dataTable } from "../markup/data-table.ts";
import { type Markup, markup } from "../markup/markup.ts";
import { quotaKind, quotaPlace } from "../quota-name.ts";
import { toldCount, toldShare, toldSpread, toldTime } from "../told-figure.ts";
import type { Section } from "./section.ts";
import { type ShownCase, underName } from "./shown-case.ts";

/** Strips in a chart; the table has all. */
const mostStrips = 16;

/** Which quotas kept calls waiting, and when. */
export function bindingSection(shown: readonly ShownCase[]): Section {
  const body = markup`<p>A quota binds while a call waits that would not fit in it, whatever the other quotas say.</p>
${shown.map((each) => bindingOf(each, underName(each, shown)))}`;
  return { id: "binding", title: "Which quota binds when", body };
}

function bindingOf(shown: ShownCase, addition: string): Markup {
  const { case: planCase, detail } = shown;
  const binding = planCase.quotas.filter(({ bound }) => bound.most > 0);
  if (binding.length === 0) return markup`<p><strong>No quota kept a call waiting in any run${addition}.</strong></p>`;
  const sorted = binding.toSorted((one, other) => other.bound.typical - one.bound.typical);
  const title = `Quotas that bind${addition}`;
  const byKey = new Map(detail.quotas.map((quota) => [quota.key, quota]));
  const drawn = sorted.flatMap((quota) => strip(quota, { of: byKey.get(quota.key), bucketMs: detail.load.bucketMs }));
  return markup`<h3>${title}</h3>
${planCase.binding !== null && markup`<p>What keeps calls waiting most: <strong>${planCase.binding}</strong>.</p>\n`}${chart(title, drawn, detail.load)}${dataTable(
    {
      caption: `${title}: the median of all runs, and in brackets from which to which they went`,
      rows: sorted,
      columns: [
        { title: "quota", kind: "name", cell: named },
        {
          title: "limit per minute",
          kind: "figure",
          cell: ({ limit, windowMs }) => toldCount((limit * 60_000) / windowMs),
        },
        { title: "bound, of the time", kind: "figure", cell: ({ bound }) => toldSpread(bound, toldShare) },
        {
          title: "first at",
          kind: "figure",
          cell: ({ firstBoundAtMs }) => (firstBoundAtMs === null ? "–" : toldTime(firstBoundAtMs)),
        },
        { title: "calls AWS refused", kind: "figure", cell: ({ throttled }) => toldSpread(throttled, toldCount) },
      ],
    },
  )}`;
}

interface Drawn {
  readonly name: string;
  readonly shares: readonly number[];
}

function strip(
  quota: CaseQuota,
  { of, bucketMs }: { readonly of: QuotaReport | undefined; readonly bucketMs: number },
): readonly Drawn[] {
  if (of === undefined || of.boundMs === 0) return [];
  return [{ name: named(quota), shares: of.boundMsOverTime.map((ms) => ms / bucketMs) }];
}

function chart(
  title: string,
  drawn: readonly Drawn[],
  { bucketMs, calls }: { readonly bucketMs: number; readonly calls: readonly number[] },
): Markup {
  if (drawn.length === 0) return markup`<p>None of them does in the typical run.</p>\n`;
  const shownFirst = drawn.slice(0, mostStrips);
  const left = drawn.length - shownFirst.length;
  return markup`${strips({
    title,
    description: `When each of ${toldCount(shownFirst.length)} quotas kept calls waiting in the typical run. The table below has the figures.`,
    strips: shownFirst,
    across: timeTicks(Math.max(1, calls.length * bucketMs), toldTime),
    acrossName: "time of the typical run; as high as the share of the time that it bound",
  })}${left > 0 && markup`<p>${toldCount(left)} more that bind less are in the table only.</p>\n`}`;
}

function named(quota: CaseQuota): string {
  return `${quotaPlace(quota)}, ${quotaKind(quota)}`;
}
