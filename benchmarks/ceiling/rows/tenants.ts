import type { RunResult } from "../run-result.ts";
import type { StreamShape } from "../stream.ts";
import { sum } from "../size.ts";
import { perSeed, throttled, valuesOf } from "./figures.ts";
import { type BenchOptions, type Case, type Row, seeded } from "./row.ts";

const tenants = { small: { weight: 1 }, middle: { weight: 2 }, large: { weight: 4 } } as const;
type Tenant = keyof typeof tenants;
const names = Object.keys(tenants) as Tenant[];
const weights = names.map((name) => tenants[name].weight);

const limiters = ["bucket25", "sliding60"] as const;

/** Three tenants; the smallest floods. */
export const tenantShares: Row = {
  number: 6,
  title: "tenants with weights 1 : 2 : 4, the smallest flooding, chat",
  cases: (options) => limiters.flatMap((limiter) => [sharesCase(options, limiter), waitsCase(options, limiter)]),
};

/** All have more to send than they may: each gets its share. */
function sharesCase(options: BenchOptions, limiter: Case["limiter"]): Case {
  const streams = [streamOf("small", { load: 3 }), streamOf("middle", { load: 1 }), streamOf("large", { load: 1 })];
  return {
    label: "all backlogged",
    limiter,
    runs: { shardrock: seeded(options, { limiter, streams, tenants, contender: "shardrock" }) },
    judge: (results) => [
      { title: "off weights", values: valuesOf(results["shardrock"], offWeights), kind: "share", bar: { most: 0.03 } },
      { title: "of a minute", values: valuesOf(results["shardrock"], meanMinute), kind: "share", bar: { most: 0.03 } },
      { title: "of the worst minute", values: valuesOf(results["shardrock"], worstMinute), kind: "share" },
      throttled(results, "after"),
    ],
  };
}

/**
 * The others send bursts that their shares can carry within the minute, and wait in them. Without the flood the smallest
 * still takes all that they leave, so that both runs wait for the same quotas.
 */
function waitsCase(options: BenchOptions, limiter: Case["limiter"]): Case {
  const bursts = [streamOf("middle", { load: 0.25, burstLoad: 2 }), streamOf("large", { load: 0.5, burstLoad: 4 })];
  const run = (load: number) => {
    const streams = [streamOf("small", { load }), ...bursts];
    return seeded(options, { limiter, streams, tenants, contender: "shardrock" });
  };
  return {
    label: "others in bursts",
    limiter,
    runs: { shardrock: run(3), "no flood": run(0.4) },
    judge: (results) => [
      ...([1, 2] as const).map((place) => ({
        title: `${names[place]}: p99 of no flood's`,
        values: perSeed(results, "no flood", (run, calm) => p99(run, place) / p99(calm, place)),
        kind: "number" as const,
        bar: { most: 1.2 },
      })),
      {
        // Where calls run out of time, p99 is the time they have, with the flood and without.
        title: "others served",
        values: valuesOf(results["shardrock"], ({ streams }) =>
          Math.min(streams[1]?.served ?? 0, streams[2]?.served ?? 0),
        ),
        kind: "share",
        bar: { least: 0.999 },
      },
      { title: "middle: p99", values: valuesOf(results["shardrock"], (run) => p99(run, 1)), kind: "ms" },
      { title: "large: p99", values: valuesOf(results["shardrock"], (run) => p99(run, 2)), kind: "ms" },
    ],
  };
}

function streamOf(tenant: Tenant, { load, burstLoad }: Pick<StreamShape, "load" | "burstLoad">): StreamShape {
  return { name: tenant, tenant, workload: "chat", load, ...(burstLoad !== undefined && { burstLoad }) };
}

/** At least a millisecond, so that no wait at all can be compared. */
function p99({ streams }: RunResult, place: number): number {
  return Math.max(1, streams[place]?.waitP99Ms ?? 0);
}

/** How far the worst tenant is from its weight, as a part of it: over all minutes, */
function offWeights({ windows }: RunResult): number {
  return off(windows.map((tokens) => sum(tokens)));
}

/** of a single minute in the mean, */
function meanMinute(run: RunResult): number {
  const each = minutesOf(run);
  return sum(each) / each.length;
}

/** and of the worst. */
function worstMinute(run: RunResult): number {
  return Math.max(...minutesOf(run));
}

function minutesOf({ windows }: RunResult): number[] {
  const minutes = windows[0]?.length ?? 0;
  return Array.from({ length: minutes }, (_, minute) => off(windows.map((tokens) => tokens[minute] ?? 0)));
}

function off(tokens: readonly number[]): number {
  const total = sum(tokens);
  return Math.max(...tokens.map((own, place) => Math.abs(own / total / ((weights[place] ?? 0) / sum(weights)) - 1)));
}
