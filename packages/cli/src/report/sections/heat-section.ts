import { grouped } from "../../grouped.ts";
import type { CaseQuota } from "../../plan/plan-report.ts";
import { tableFrame } from "../markup/data-table.ts";
import { type Markup, markup } from "../markup/markup.ts";
import { heatOf, heatSteps } from "../palette.ts";
import { quotaKind } from "../quota-name.ts";
import { toldShare, toldSpread } from "../told-figure.ts";
import type { Section } from "./section.ts";
import { type ShownCase, underName } from "./shown-case.ts";

/** How full each quota was, by account and Region. */
export function heatSection(shown: readonly ShownCase[]): Section {
  const body = markup`<p>How much of each quota was taken: of all that it carried over the run, and below that in its busiest minute. The median
of all runs; in brackets, from which to which they went. The colour is that of the busiest minute. A minute may show more than 100 % where AWS lets a quota be saved up.</p>
${scale()}
${shown.map((each) => heatMap(each, `Utilisation by account, Region and quota${underName(each, shown)}`))}`;
  return { id: "utilisation", title: "How full the quotas are", body };
}

function scale(): Markup {
  const names = ["none", ...heatSteps.map((from) => `from ${toldShare(from)}`)];
  return markup`<p class="scale">Busiest minute: ${names.map((name, heat) => markup`<span class="heat heat-${heat}">${name}</span> `)}</p>`;
}

function heatMap({ case: { quotas } }: ShownCase, caption: string): Markup {
  const kinds = unique(quotas.map(quotaKind));
  const places = unique(quotas.map(({ accountId, region }) => `${accountId} ${region}`));
  const byCell = grouped(quotas, (quota) => cellKey(quota, quotaKind(quota)));
  const rows = places.map((place) => {
    const [accountId = "", region = ""] = place.split(" ");
    const cells = kinds.map((kind) => heatCell(byCell.get(cellKey({ accountId, region }, kind)) ?? []));
    return markup`<tr><th scope="row">${accountId}<br>${region}</th>${cells}</tr>\n`;
  });
  const heads = kinds.map((kind) => markup`<th scope="col">${kind}</th>`);
  return tableFrame(
    caption,
    markup`<table class="map"><caption>${caption}</caption><thead><tr><th scope="col">account and Region</th>${heads}</tr></thead><tbody>
${rows}</tbody></table>`,
  );
}

/** A model that is charged to two quotas of a kind in one place has two lines; the fullest colours the cell. */
function heatCell(quotas: readonly CaseQuota[]): Markup {
  if (quotas.length === 0) return markup`<td class="none">no quota</td>`;
  const heat = heatOf(Math.max(...quotas.map(({ peakUtilisation }) => peakUtilisation.typical)));
  const lines = quotas.map(
    ({ utilisation, peakUtilisation }) =>
      markup`<b>${toldSpread(utilisation, toldShare)}</b><br>busiest ${toldSpread(peakUtilisation, toldShare)}<br>`,
  );
  return markup`<td class="heat heat-${heat}">${lines}</td>`;
}

function cellKey({ accountId, region }: Pick<CaseQuota, "accountId" | "region">, kind: string): string {
  return JSON.stringify([accountId, region, kind]);
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}
