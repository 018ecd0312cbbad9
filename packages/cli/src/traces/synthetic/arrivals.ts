import type { Random } from "@shardrock/core";
import { gamma } from "./draws.ts";
import type { Stretch } from "./shape.ts";

export interface ArrivalOptions {
  readonly stretches: readonly Stretch[];
  /** Calls per ms, on the whole. */
  readonly perMs: number;
  /** Standard deviation of the gaps between calls by their mean: 1 is Poisson, 0 is a clock, more comes in bursts. */
  readonly gapVariation: number;
}

/**
 * When calls come, in ms from the start, until the stretches end. Gaps are drawn at a rate of 1 and the time between is
 * stretched by the rate in force, so that the mean rate is met whatever the shape.
 */
export function* arrivals({ stretches, perMs, gapVariation }: ArrivalOptions, random: Random): Generator<number> {
  const shape = 1 / (gapVariation * gapVariation);
  const gap = Number.isFinite(shape) ? (): number => gamma(shape, random) : (): number => 1;
  let startMs = 0;
  /** What is left of the gap, in mean gaps; the first call comes as if others had come before. */
  let left = Math.max(gap() * random(), Number.MIN_VALUE);
  for (const { lengthMs, level } of stretches) {
    const rate = level * perMs;
    let atMs = 0;
    // In a stretch of rate 0 the next call is infinitely far.
    while (atMs + left / rate < lengthMs) {
      atMs += left / rate;
      yield startMs + atMs;
      left = gap();
    }
    left = Math.max(0, left - (lengthMs - atMs) * rate);
    startMs += lengthMs;
  }
}
