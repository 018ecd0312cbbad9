import type { Random } from "@shardrock/core";
import type { ShapeName } from "./shape-names.ts";

/** A stretch of time with one rate. */
export interface Stretch {
  readonly lengthMs: number;
  /** As a multiple of the mean rate, 0 up. */
  readonly level: number;
}

const dayMs = 86_400_000;
const stepsOfDay = 288;
const stepsOfRamp = 200;
const spikeEveryMs = 600_000;
/** A spike is this many times as high as what is around it, for this share of the time. */
const spike = { height: 6, share: 0.1 } as const;

/**
 * The shape as stretches that last `durationMs` together and whose mean level is 1.
 * - diurnal: a day's wave, from 0.4 at night to 1.6 of the mean; where the trace is shorter than a day, the day is.
 * - spiky: a spike six times as high as the rest, for a tenth of every ten minutes, at a time that chance sets.
 * - ramp: from 0.2 to 1.8 of the mean.
 */
export function stretchesOf(
  shape: ShapeName | readonly number[],
  durationMs: number,
  random: Random,
): readonly Stretch[] {
  if (typeof shape !== "string")
    return normalised(
      shape.map((level) => ({ level, lengthMs: 1 })),
      durationMs,
    );
  switch (shape) {
    case "steady":
    case "agents":
      return [{ lengthMs: durationMs, level: 1 }];
    case "diurnal":
      return normalised(days(durationMs), durationMs);
    case "spiky":
      return normalised(spikes(durationMs, random), durationMs);
    case "ramp":
      return normalised(
        Array.from({ length: stepsOfRamp }, (_, step) => ({
          lengthMs: 1,
          level: 0.2 + (1.6 * (step + 0.5)) / stepsOfRamp,
        })),
        durationMs,
      );
    default:
      return shape satisfies never;
  }
}

/** Lowest at the beginning and the end of each day, highest in its middle. */
function days(durationMs: number): readonly Stretch[] {
  const lengthMs = Math.min(dayMs, durationMs) / stepsOfDay;
  const steps = Math.max(1, Math.round(durationMs / lengthMs));
  return Array.from({ length: steps }, (_, step) => ({
    lengthMs,
    level: 1 - 0.6 * Math.cos((2 * Math.PI * (step + 0.5)) / stepsOfDay),
  }));
}

function spikes(durationMs: number, random: Random): readonly Stretch[] {
  const count = Math.max(1, Math.round(durationMs / spikeEveryMs));
  const periodMs = durationMs / count;
  return Array.from({ length: count }, () => {
    const before = random() * (1 - spike.share);
    return [
      { lengthMs: before * periodMs, level: 1 },
      { lengthMs: spike.share * periodMs, level: spike.height },
      { lengthMs: (1 - spike.share - before) * periodMs, level: 1 },
    ];
  }).flat();
}

/** Stretched to a duration and to a mean level of 1. */
function normalised(stretches: readonly Stretch[], durationMs: number): readonly Stretch[] {
  const length = stretches.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const area = stretches.reduce((sum, { lengthMs, level }) => sum + lengthMs * level, 0);
  return stretches.map(({ lengthMs, level }) => ({
    lengthMs: (lengthMs / length) * durationMs,
    level: (level * length) / area,
  }));
}
