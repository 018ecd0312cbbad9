import { type Markup, markup } from "../markup/markup.ts";

export interface Bar {
  readonly name: string;
  /** Shares of the whole, in the order of the parts' names; together 1 at most. */
  readonly parts: readonly number[];
}

export interface StackedBarsOptions {
  readonly title: string;
  readonly description: string;
  readonly partNames: readonly string[];
  readonly bars: readonly Bar[];
}

const barHeight = 16;
const rowHeight = 44;

/** Bars of parts, each with its name above it, as wide as their place. */
export function stackedBars({ title, description, partNames, bars }: StackedBarsOptions): Markup {
  const keys = partNames.map(
    (name, place) =>
      markup`<span class="key"><svg aria-hidden="true" width="14" height="14"><rect class="part part-${place}" width="14" height="14"/></svg>${name}</span> `,
  );
  return markup`<div class="chart">
<p class="legend">${keys}</p>
<svg role="img" width="100%" height="${bars.length * rowHeight}" aria-label="${`${title}. ${description}`}">
${bars.map(bar)}</svg>
</div>
`;
}

function bar({ name, parts }: Bar, row: number): Markup {
  const y = row * rowHeight;
  let from = 0;
  const pieces = parts.map((share, place) => {
    const x = from;
    from += share;
    if (share <= 0) return null;
    return markup`<rect class="part part-${place}" x="${percent(x)}" y="${y + 20}" width="${percent(share)}" height="${barHeight}"/>`;
  });
  return markup`<text x="0" y="${y + 14}">${name}</text>${pieces}\n`;
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
