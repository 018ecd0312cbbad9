import type { RunResult } from "../run-result.ts";
import type { Size } from "../size.ts";
import { valuesOf } from "./figures.ts";
import { type Case, type Row, seeded } from "./row.ts";

/** Small, because the run takes three hours: a closed day is tried once an hour. */
const size: Size = {
  accounts: 4,
  tokensPerMinute: [100_000, 150_000, 200_000, 100_000, 150_000, 200_000, 100_000, 200_000],
  windowMs: 60_000,
};
const minutes = 180;
/** The first two accounts, with both their Regions, have used up their day after so many minutes at full quota. */
const closing = { targets: 4, minutes: 30 };
const probeEveryMs = 3_600_000;
const limiters = ["bucket25", "sliding60"] as const;

export const closedDays: Row = {
  number: 9,
  title: "day counters close on two of four accounts, chat at 0.35x, 3 hours",
  cases: (options) =>
    limiters.map((limiter): Case => {
      const streams = [
        { name: "chat", workload: "chat", load: 0.35 },
        // May go nowhere else, and cannot wait: what is it told?
        { name: "bound to them", workload: "chat", load: 0.005, targets: [0, 1, 2, 3], maxWaitMinutes: 0.1 },
      ] as const;
      const shape = { limiter, streams, size, minutes, dayMinutes: closing, contender: "shardrock" } as const;
      return {
        label: "chat",
        limiter,
        runs: { shardrock: seeded(options, shape) },
        judge: (results) => [
          {
            title: "counters closed",
            values: valuesOf(results["shardrock"], closed),
            kind: "number",
            bar: { least: 4 },
          },
          {
            title: "refusals beyond probes",
            values: valuesOf(results["shardrock"], beyondProbes),
            kind: "number",
            bar: { most: 0 },
          },
          {
            title: "other throttles",
            values: valuesOf(results["shardrock"], otherThrottles),
            kind: "number",
            bar: { most: 0 },
          },
          {
            title: "chat served",
            values: valuesOf(results["shardrock"], ({ streams }) => streams[0]?.served ?? 0),
            kind: "share",
            bar: { least: 1 },
          },
          {
            title: "marked estimated",
            values: valuesOf(results["shardrock"], markedEstimated),
            kind: "share",
            bar: { least: 1 },
          },
        ],
      };
    }),
};

function closed({ dayRefusals }: RunResult): number {
  return new Set(dayRefusals.map(({ target }) => target)).size;
}

/** Refusals for the day that came within an hour of one at the same target: neither the first nor a probe's. */
function beyondProbes({ dayRefusals }: RunResult): number {
  const lastAtMs = new Map<number, number>();
  return dayRefusals.filter(({ target, atMs }) => {
    const sinceMs = atMs - (lastAtMs.get(target) ?? Number.NEGATIVE_INFINITY);
    lastAtMs.set(target, atMs);
    return sinceMs < probeEveryMs;
  }).length;
}

function otherThrottles({ learning, after }: RunResult): number {
  return Math.round(learning.throttled * learning.attempts + after.throttled * after.attempts);
}

/** Of the calls that were told to come back, because nothing else was open to them. */
function markedEstimated({ streams }: RunResult): number {
  const [, bound] = streams;
  return bound === undefined ? Number.NaN : bound.refusedEstimated / bound.refused;
}
