import { type Content, type Markup, markup } from "../markup/markup.ts";
import type { Tick } from "./axis.ts";
import { columnsPath, linePath, type Point } from "./path.ts";

/** A line of a chart; points are shares of the width and of the height, from the left and from below. */
export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
  /** `area` is filled below; `step` keeps a value until the next. */
  readonly shape?: "line" | "area" | "step";
}

export interface LineChartOptions {
  readonly title: string;
  /** What is to be seen in it, for who cannot see it. */
  readonly description: string;
  readonly lines: readonly Line[];
  /** Of the axis below and of the one on the left. */
  readonly across: readonly Tick[];
  readonly up: readonly Tick[];
  /** Names of the axes. */
  readonly acrossName: string;
  readonly upName: string;
}

const plotHeight = 200;
/** Room above for the label of the highest mark. */
const top = 16;
const height = top + plotHeight + 22;

/**
 * A chart as wide as its place, whose text does not shrink with it: text stands at shares of the width, and only the lines
 * are stretched.
 */
export function lineChart(options: LineChartOptions): Markup {
  const { title, description, lines, across, up, acrossName, upName } = options;
  return markup`<div class="chart">
<p class="legend">${lines.map(({ name }, place) => markup`<span class="key key-${place}">${swatch(place)}${name}</span> `)}</p>
<p class="axis">${upName}</p>
<svg role="img" width="100%" height="${height}" aria-label="${`${title}. ${description}`}">
${up.map(({ share }) => rule(share))}
<svg y="${top}" width="100%" height="${plotHeight}" viewBox="0 0 1000 ${plotHeight}" preserveAspectRatio="none">
${lines.map(drawn)}</svg>
${up.map(upLabel)}${across.map(mark)}</svg>
<p class="axis below">${acrossName}</p>
</div>
`;
}

/** How a line looks beside its name. */
function swatch(place: number): Markup {
  return markup`<svg aria-hidden="true" width="28" height="10"><path class="line line-${place}" d="M0 5H28"/></svg>`;
}

function rule(share: number): Markup {
  const y = round(top + plotHeight * (1 - share));
  return markup`<line class="rule" x2="100%" y1="${y}" y2="${y}"/>
`;
}

/** Stands before the lines, so that it can be read where they cross it. */
function upLabel({ share, label }: Tick): Markup {
  return markup`<text x="0" y="${round(top + plotHeight * (1 - share)) - 4}">${label}</text>
`;
}

function mark({ share, label }: Tick): Markup {
  const x = `${round(share * 100)}%`;
  const anchor: Content = share < 0.04 ? null : markup` text-anchor="${share > 0.96 ? "end" : "middle"}"`;
  const foot = top + plotHeight;
  return markup`<line class="mark" x1="${x}" x2="${x}" y1="${foot}" y2="${foot + 5}"/>
<text x="${x}" y="${foot + 18}"${anchor}>${label}</text>\n`;
}

function drawn({ points, shape = "line" }: Line, place: number): Markup {
  const size = { width: 1_000, height: plotHeight };
  const line = shape === "step" ? columnsPath(points, size) : linePath(points, size);
  const first = points[0]?.x ?? 0;
  const last = points.at(-1)?.x ?? 0;
  const area = `${line}L${round(last * 1_000)} ${plotHeight}L${round(first * 1_000)} ${plotHeight}Z`;
  return markup`${shape === "area" && markup`<path class="area area-${place}" d="${area}"/>\n`}<path class="line line-${place}" d="${line}"/>\n`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
