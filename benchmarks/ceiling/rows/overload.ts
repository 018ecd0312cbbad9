import { type LimiterKind, limiterKinds } from "@shardrock/simulator";
import type { WorkloadName } from "../workload.ts";
import { baselines, goodput, ofTold, throttled, wait } from "./figures.ts";
import { type BenchOptions, type Case, others, type Row, withTold } from "./row.ts";

const overload = 3;

/** Every way but windows of 10 s: those no plan for minutes can fill. */
export const minuteLimiters = limiterKinds.filter((kind) => kind !== "fixed10");

/** One of each family, where the other two buckets would tell nothing new. */
export const oneOfEach = ["bucket25", "fixed60", "sliding60"] as const satisfies readonly LimiterKind[];

export function isBucket(kind: LimiterKind): boolean {
  return kind.startsWith("bucket");
}

/** 3 times the summed quotas, limits known. */
export const overloaded: Row = {
  number: 1,
  title: "3x overload, chat and claude",
  cases: (options) =>
    (["chat", "claude"] as const).flatMap((workload) =>
      minuteLimiters.map((limiter): Case => {
        const shape = shapeOf(workload, limiter);
        return {
          label: workload,
          limiter,
          runs: { ...withTold(options, shape), ...others(options, shape) },
          judge: (results) => [
            goodput(results, isBucket(limiter) ? 0.99 : undefined),
            ofTold(results, 0.98),
            throttled(results, "after", 0.001),
            throttled(results, "learning", 0.005),
            wait(results, 50),
            wait(results, 99),
            ...baselines(results, ["goodput", "throttled"]),
          ],
        };
      }),
    ),
};

/** The same where holds are far above use, and where windows are short. */
export const hardOverloaded: Row = {
  number: 2,
  title: "3x overload, careless; and fixed10 with chat",
  cases: (options) => [
    ...minuteLimiters.map((limiter) => hardCase(options, "careless", limiter)),
    hardCase(options, "chat", "fixed10"),
  ],
};

function hardCase(options: BenchOptions, workload: WorkloadName, limiter: LimiterKind): Case {
  return {
    label: workload,
    limiter,
    runs: withTold(options, shapeOf(workload, limiter)),
    judge: (results) => [
      goodput(results),
      ofTold(results, 0.95),
      throttled(results, "after", 0.005),
      throttled(results, "learning"),
      wait(results, 50),
      wait(results, 99),
    ],
  };
}

function shapeOf(workload: WorkloadName, limiter: LimiterKind) {
  return { limiter, streams: [{ name: workload, workload, load: overload }] } as const;
}
