import { type Markup, markup } from "../markup/markup.ts";
import type { Tick } from "./axis.ts";

export interface Strip {
  readonly name: string;
  /** How much of each stretch of time it was so, 0 to 1; all stretches are equally long. */
  readonly shares: readonly number[];
}

export interface StripsOptions {
  readonly title: string;
  readonly description: string;
  readonly strips: readonly Strip[];
  readonly across: readonly Tick[];
  readonly acrossName: string;
}

const rowHeight = 40;
const stripHeight = 14;

/** When things were so: one strip each, filled to the height of how much. */
export function strips({ title, description, strips: rows, across, acrossName }: StripsOptions): Markup {
  const foot = rows.length * rowHeight;
  return markup`<div class="chart">
<svg role="img" width="100%" height="${foot + 22}" aria-label="${`${title}. ${description}`}">
${rows.map(strip)}
${across.map(
  ({ share, label }) =>
    markup`<text x="${percent(share)}" y="${foot + 14}"${share > 0.04 && markup` text-anchor="middle"`}>${label}</text>\n`,
)}</svg>
<p class="axis below">${acrossName}</p>
</div>
`;
}

function strip({ name, shares }: Strip, row: number): Markup {
  const y = row * rowHeight;
  const columns = shares.map((share, place) => column(Math.min(1, share), place));
  return markup`<text x="0" y="${y + 14}">${name}</text><rect class="groove" y="${y + 20}" width="100%" height="${stripHeight}"/>
<svg y="${y + 20}" width="100%" height="${stripHeight}" viewBox="0 0 ${shares.length} 100" preserveAspectRatio="none"><path class="binds" d="${columns.join("")}"/></svg>
`;
}

/** A little of a stretch is still to be seen. */
function column(share: number, place: number): string {
  const height = share > 0 ? Math.max(20, Math.round(share * 100)) : 0;
  return height === 0 ? "" : `M${place} 100v-${height}h1v${height}z`;
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
