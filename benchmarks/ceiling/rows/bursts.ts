import { oneOfEach } from "./overload.ts";
import { baselines, perSeed, throttled, valuesOf, wait } from "./figures.ts";
import { type Case, others, type Row, withTold } from "./row.ts";

/** Waits this short, in ms, are no waits: a ratio of two of them says nothing. */
const noWaitMs = 100;

/** What comes would fit, but not when it comes: 10 times the quota for 3 s of each minute. */
export const bursting: Row = {
  number: 4,
  title: "0.95x load in bursts of 10x for 3 s each minute, chat; calls wait a minute at most",
  cases: (options) =>
    oneOfEach.map((limiter): Case => {
      const streams = [{ name: "chat", workload: "chat", load: 0.95, burstLoad: 10, maxWaitMinutes: 1 }] as const;
      return {
        label: "chat",
        limiter,
        runs: { ...withTold(options, { limiter, streams }), ...others(options, { limiter, streams }) },
        judge: (results) => [
          { title: "refused", values: valuesOf(results["shardrock"], refusedOf), kind: "number", bar: { most: 0 } },
          {
            title: "p99 of told's",
            values: perSeed(results, "told", (run, told) => ratio(run.after.waitP99Ms, told.after.waitP99Ms)),
            kind: "number",
            bar: { most: 1.5 },
          },
          wait(results, 99),
          { title: "told: wait p99", values: valuesOf(results["told"], ({ after }) => after.waitP99Ms), kind: "ms" },
          { title: "told: refused", values: valuesOf(results["told"], refusedOf), kind: "number" },
          throttled(results, "after"),
          ...baselines(results, ["served", "throttled", "waitP99Ms"]),
        ],
      };
    }),
};

function refusedOf({ learning, after }: { learning: { refused: number }; after: { refused: number } }): number {
  return learning.refused + after.refused;
}

function ratio(ms: number, toldMs: number): number {
  return Math.max(ms, noWaitMs) / Math.max(toldMs, noWaitMs);
}
