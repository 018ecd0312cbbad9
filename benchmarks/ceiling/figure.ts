import { median } from "../measure/median.ts";

/** Something measured once a seed, and the bar it must meet, if any. */
export interface Figure {
  readonly title: string;
  /** By seed; empty when it was not run. Shares run 0 to 1, waits are ms; "s" shows them in seconds. */
  readonly values: readonly number[];
  readonly kind: "share" | "small share" | "ms" | "s" | "number";
  /** Of another contender: shown in a table of its own. */
  readonly of?: string;
  /** The median must be at least, or at most, this. */
  readonly bar?: { readonly least: number } | { readonly most: number };
}

/** Whether the median over seeds meets the bar; undefined when there is none, or nothing was run. */
export function isMet({ values, bar }: Figure): boolean | undefined {
  if (bar === undefined || values.length === 0) return undefined;
  const middle = median(values);
  // NaN, of a run that served nothing, meets no bar.
  return "least" in bar ? middle >= bar.least : middle <= bar.most;
}

/** The median and, where seeds differ, the lowest and the highest value. */
export function sayFigure({ values, kind }: Figure): string {
  if (values.length === 0) return "-";
  const say = (value: number): string => sayValue(value, kind);
  const middle = say(median(values));
  const [low, high] = [sayNumber(Math.min(...values), kind), sayNumber(Math.max(...values), kind)];
  return low === high ? middle : `${middle} (${low}..${high})`;
}

export function sayMedian({ values, kind }: Figure): string {
  return values.length === 0 ? "-" : sayValue(median(values), kind);
}

export function sayBar({ title, bar, kind }: Figure): string {
  if (bar === undefined) return title;
  return "least" in bar ? `${title} ≥ ${sayValue(bar.least, kind)}` : `${title} ≤ ${sayValue(bar.most, kind)}`;
}

function sayValue(value: number, kind: Figure["kind"]): string {
  const units = { share: " %", "small share": " %", ms: " ms", s: " s", number: "" };
  return `${sayNumber(value, kind)}${units[kind]}`;
}

function sayNumber(value: number, kind: Figure["kind"]): string {
  if (kind === "share") return (value * 100).toFixed(2);
  if (kind === "small share") return (value * 100).toFixed(3);
  if (kind === "s") return String(Number((value / 1e3).toPrecision(3)));
  return kind === "ms" ? String(Math.round(value)) : String(Number(value.toFixed(2)));
}
