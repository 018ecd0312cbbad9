import type { Spread } from "./plan-report.ts";

/** `99.9 %`; never rounded up to 100. */
export function sayShare(share: number): string {
  const percent = share * 100;
  const digits = percent > 0 && percent < 0.1 ? 3 : percent > 99.9 && percent < 100 ? 3 : 1;
  const rounded = percent < 100 ? Math.min(percent, 99.999) : percent;
  return `${rounded.toFixed(digits)} %`;
}

/** `0`, `350 ms`, `2.1 s`, `4 min 10 s`. */
export function sayTime(ms: number): string {
  if (ms < 0.5) return "0 s";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 6_000) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `1,234,567`. */
export function sayCount(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** `98.2 % (97.0 % to 99.1 %)`, without the brackets where all runs agree. */
export function saySpread({ typical, least, most }: Spread, say: (value: number) => string): string {
  const [middle, low, high] = [say(typical), say(least), say(most)];
  return low === high ? middle : `${middle} (${low} to ${high})`;
}
