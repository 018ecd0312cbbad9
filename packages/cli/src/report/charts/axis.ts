/** Where an axis is marked; `share` of its length, 0 to 1. */
export interface Tick {
  readonly share: number;
  readonly label: string;
}

/** Round marks from 0 up to a round end that is not below the largest value. */
export function valueTicks(
  largest: number,
  told: (value: number) => string,
): { readonly end: number; readonly ticks: readonly Tick[] } {
  const step = roundStep((largest > 0 ? largest : 1) / 4);
  const count = Math.max(1, Math.ceil((largest > 0 ? largest : 1) / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, place) => ({ share: place / count, label: told(place * step) }));
  return { end: count * step, ticks };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Steps that clocks have. */
const timeSteps: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 5, 7, 14, 30, 60, 90, 365].map((days) => days * dayMs),
];

/** Marks of a span of time, five at most, beginning with 0; none so near the end that it would not fit. */
export function timeTicks(spanMs: number, told: (ms: number) => string): readonly Tick[] {
  const step = timeSteps.find((each) => spanMs / each <= 5) ?? spanMs;
  const ticks: Tick[] = [];
  for (let atMs = 0; atMs <= spanMs * 0.96; atMs += step) ticks.push({ share: atMs / spanMs, label: told(atMs) });
  return ticks;
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below a value above 0. */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10);
}
