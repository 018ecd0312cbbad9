import type { Spread } from "../plan/plan-report.ts";

/** Keeps a figure and its unit on one line. */
export const space = "\u00A0";

/** A number with thousands apart: `1,234`; below a hundred with as many decimals as make three figures. */
export function toldCount(count: number): string {
  if (!Number.isFinite(count)) return "–";
  const size = Math.abs(count);
  if (size >= 100 || Number.isInteger(count)) return grouped(count.toFixed(0));
  return trimmed(count.toFixed(size >= 10 ? 1 : 2));
}

/** A large number in few characters, for the axis of a chart: `1.2 M`. */
export function toldShort(count: number): string {
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (Math.abs(count) >= size) return `${trimmed((count / size).toPrecision(3))}${space}${unit}`;
  }
  return toldCount(count);
}

/** A share of 0 to 1 as `12.3 %`; what is not quite nothing, or not quite all, does not look so. */
export function toldShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return `<${space}0.01${space}%`;
  if (percent > 99.99 && percent < 100) return `>${space}99.99${space}%`;
  const isNear = (percent > 0 && percent < 1) || (percent > 99 && percent < 100);
  return `${trimmed(percent.toFixed(isNear ? 2 : 1))}${space}%`;
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** A time in its two largest units: `340 ms`, `2.35 s`, `3 min 20 s`, `1 d 4 h`. */
export function toldTime(ms: number): string {
  if (ms < 0) return `−${toldTime(-ms)}`;
  if (ms === 0) return `0${space}s`;
  if (ms < 999.5) return `${trimmed(ms.toFixed(ms < 10 ? 1 : 0))}${space}ms`;
  if (ms < 59_950) return `${trimmed((ms / 1_000).toFixed(ms < 10_000 ? 2 : 1))}${space}s`;
  // Rounded to the lower unit it may be one of the higher: 59 min 59.9 s are an hour.
  const place = ms >= 86_370_000 ? 0 : ms >= 3_599_500 ? 1 : 2;
  const [[unit, unitMs], [lower, lowerMs]] = [units[place] ?? units[0], units[place + 1] ?? units[3]];
  const inLower = Math.round(ms / lowerMs);
  const rest = inLower % (unitMs / lowerMs);
  const whole = `${grouped(Math.floor((inLower * lowerMs) / unitMs).toFixed(0))}${space}${unit}`;
  return rest === 0 ? whole : `${whole}${space}${rest}${space}${lower}`;
}

/** The typical figure of some runs, and from which to which it went where they differ. */
export function toldSpread({ typical, least, most }: Spread, told: (figure: number) => string): string {
  const [middle, low, high] = [told(typical), told(least), told(most)];
  return low === high ? middle : `${middle} (${low} to ${high})`;
}

/** With its sign: `+1.5 %`, `−20 ms`. */
export function toldChange(change: number, told: (figure: number) => string): string {
  if (change === 0) return "no change";
  return `${change > 0 ? "+" : "−"}${told(Math.abs(change))}`;
}

/** `1 account`, `3 accounts`. */
export function toldMany(count: number, noun: string): string {
  return `${toldCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function grouped(digits: string): string {
  return digits.replace("-", "−").replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

function trimmed(decimal: string): string {
  return (decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal).replace("-", "−");
}
