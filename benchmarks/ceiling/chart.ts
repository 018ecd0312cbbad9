/** One limiter: what was reached, and what could be had. Shares run 0 to 1. */
export interface ChartGroup {
  readonly label: string;
  /** Goodput of the told run. */
  readonly told: number;
  /** Ours first. */
  readonly bars: readonly ChartBar[];
}

export interface ChartBar {
  readonly name: string;
  readonly goodput: number;
  readonly throttled: number;
}

export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly foot: string;
  readonly groups: readonly ChartGroup[];
}

const width = 1_000;
const height = 628;
const left = 64;
const right = width - 24;
const goodputPanel = { top: 146, bottom: 350, most: 1.1, ticks: [0, 0.25, 0.5, 0.75, 1] } as const;
const throttledPanel = { top: 414, bottom: 556, most: 1, ticks: [0, 0.25, 0.5, 0.75, 1] } as const;
type Panel = typeof goodputPanel | typeof throttledPanel;

/** Ours, then what people do today. */
const colours = ["#0b7a75", "#c9785b", "#d9a45f", "#8d86b8", "#8aa0b4", "#b3b3a8"] as const;
const ink = "#1f2a37";
const faint = "#6b7280";

/** Draws two rows of bars: goodput with what could be had, and the share of calls that AWS refused. */
export function drawChart({ title, subtitle, foot, groups }: Chart): string {
  const names = groups[0]?.bars.map(({ name }) => name) ?? [];
  const parts = [
    `<rect width="${width}" height="${height}" rx="10" fill="#ffffff"/>`,
    text({ x: left - 40, y: 40, size: 21, weight: 600 }, title),
    text({ x: left - 40, y: 64, size: 13.5, fill: faint }, subtitle),
    legend(names),
    panelOf(goodputPanel, "goodput, % of the summed quotas"),
    panelOf(throttledPanel, "calls AWS refused (429), %"),
    ...groups.flatMap((group, index) => groupOf(group, { index, count: groups.length })),
    text({ x: left - 40, y: height - 18, size: 11.5, fill: faint }, foot),
  ];
  const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${font}" role="img">`;
  return [head, `<title>${escape(title)}</title>`, ...parts, "</svg>", ""].join("\n");
}

function legend(names: readonly string[]): string {
  const entries = names.map((name, index) => ({ name, mark: swatch(colours[index] ?? faint) }));
  const told = { name: "what could be had (told run)", mark: toldMark };
  let x = left - 40;
  return [...entries, told]
    .map(({ name, mark }) => {
      const entry = `<g transform="translate(${x} 84)">${mark}${text({ x: 20, y: 10, size: 12.5 }, name)}</g>`;
      x += 36 + name.length * 6.9;
      return entry;
    })
    .join("\n");
}

const toldMark = `<line x1="0" x2="14" y1="6" y2="6" stroke="${ink}" stroke-width="2"/>`;

function swatch(fill: string): string {
  return `<rect width="12" height="12" rx="2.5" fill="${fill}"/>`;
}

function panelOf(panel: Panel, label: string): string {
  const lines = panel.ticks.map((tick) => {
    const y = yOf(panel, tick);
    const stroke = tick === 0 ? "#9ca3af" : "#e5e7eb";
    const line = `<line x1="${left}" x2="${right}" y1="${y}" y2="${y}" stroke="${stroke}"/>`;
    return line + text({ x: left - 8, y: y + 4, size: 11.5, fill: faint, anchor: "end" }, String(tick * 100));
  });
  return [...lines, text({ x: left, y: panel.top - 14, size: 12.5, fill: faint, weight: 600 }, label)].join("\n");
}

function groupOf({ label, told, bars }: ChartGroup, at: { readonly index: number; readonly count: number }): string[] {
  const groupWidth = (right - left) / at.count;
  const start = left + at.index * groupWidth + groupWidth * 0.09;
  const inner = groupWidth * 0.82;
  const step = inner / Math.max(1, bars.length);
  const middle = start + inner / 2;
  const columns = bars.flatMap(({ goodput, throttled }, index) => {
    const x = start + index * step;
    const isOurs = index === 0;
    const shape = { x, width: step - 3, fill: colours[index] ?? faint, isOurs };
    return [
      column(goodputPanel, goodput, { ...shape, digits: 1 }),
      column(throttledPanel, throttled, { ...shape, digits: 2 }),
    ];
  });
  const y = yOf(goodputPanel, told);
  const line = `<line x1="${start - 4}" x2="${start + inner + 1}" y1="${y}" y2="${y}" stroke="${ink}" stroke-width="2"/>`;
  const captions = [goodputPanel, throttledPanel].map(({ bottom }) =>
    text({ x: middle, y: bottom + 19, size: 13, weight: 600, anchor: "middle" }, label),
  );
  return [...columns, line, ...captions];
}

interface Column {
  readonly x: number;
  readonly width: number;
  readonly fill: string;
  readonly isOurs: boolean;
  readonly digits: number;
}

/** Ours says its figure above; the others are read off the axis. */
function column(panel: Panel, share: number, { x, width, fill, isOurs, digits }: Column): string {
  const y = yOf(panel, Math.min(share, panel.most));
  const bar = `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${Math.max(1, panel.bottom - y).toFixed(1)}" rx="2" fill="${fill}"/>`;
  if (!isOurs) return bar;
  const at = { x: x + width / 2 - 3, y: y - 9, size: 11.5, weight: 700, fill, anchor: "middle" } as const;
  return bar + text(at, (share * 100).toFixed(digits));
}

function yOf({ top, bottom, most }: Panel, share: number): number {
  return bottom - (share / most) * (bottom - top);
}

interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly fill?: string;
  readonly weight?: number;
  readonly anchor?: "start" | "middle" | "end";
}

function text({ x, y, size, fill = ink, weight = 400, anchor = "start" }: TextStyle, words: string): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}"`;
  return `<text ${place} font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escape(words)}</text>`;
}

function escape(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
