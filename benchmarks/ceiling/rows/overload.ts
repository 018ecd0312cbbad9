import { type LimiterKind, limiterKinds } from "@shardrock/simulator";
import type { Figure } from "../figure.ts";
import type { WorkloadName } from "../workload.ts";
import { baselines, goodput, ofTold, throttled, wait } from "./figures.ts";
import { type BenchOptions, type Case, contending, type Results, type Row } from "./row.ts";

const overload = 3;
const isBucket = (kind: LimiterKind): boolean => kind.startsWith("bucket");
const publishedByMinute = limiterKinds.filter((kind) => kind !== "fixed10");

/** 3 times the summed quotas, sizes known. */
export const overloaded: Row = {
  number: 1,
  title: "3x overload, chat and claude",
  cases: (options) =>
    (["chat", "claude"] as const).flatMap((workload) =>
      publishedByMinute.map((limiter) => overloadCase(options, { limiter, workload }, judgeStrictly)),
    ),
};

function overloadCase(
  options: BenchOptions,
  { limiter, workload }: { readonly limiter: LimiterKind; readonly workload: WorkloadName },
  judge: (results: Results, limiter: LimiterKind) => readonly Figure[],
): Case {
  const streams = [{ name: workload, workload, load: overload }];
  return {
    label: workload,
    limiter,
    runs: contending(options, { limiter, streams }, ["shardrock", "told", "round-robin"]),
    judge: (results) => judge(results, limiter),
  };
}

function judgeStrictly(results: Results, limiter: LimiterKind): readonly Figure[] {
  return [
    goodput(results, isBucket(limiter) ? 0.99 : undefined),
    ofTold(results, 0.98),
    throttled(results, "after", 0.001),
    throttled(results, "learning", 0.005),
    wait(results, 50),
    wait(results, 99),
    ...baselines(results, ["goodput", "throttled"]),
  ];
}
