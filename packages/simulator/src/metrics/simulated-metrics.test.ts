import { seededRandom } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { SimulatedBedrock } from "../simulated-bedrock.ts";
import { type MetricSpan, SimulatedMetrics, type SimulatedMetricsOptions } from "./simulated-metrics.ts";

const minuteMs = 60_000;
const place = { accountId: "111111111111", region: "us-east-1", modelId: "us.m" };
const all: MetricSpan = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY };

/** One call in each of the minutes 0 up to `minutes`. */
function counted(minutes: number, options: SimulatedMetricsOptions = {}): SimulatedMetrics {
  const metrics = new SimulatedMetrics(options);
  for (let minute = 0; minute < minutes; minute += 1) metrics.count(place, { Invocations: 10 }, minute * minuteMs);
  return metrics;
}

function shown(metrics: SimulatedMetrics, nowMs: number, metric = "Invocations"): ReadonlyMap<number, number> {
  return metrics.data({ ...place, metric }, all, nowMs).byMinute;
}

describe("a point of CloudWatch", () => {
  it("shows 5 to 15 minutes after its minute is over, each at a time of its own", () => {
    const metrics = counted(1_000);
    const delaysMs = Array.from({ length: 1_000 }, (_, minute) => {
      const startMs = minute * minuteMs;
      const isShownAfter = (ms: number): boolean =>
        metrics.data(
          { ...place, metric: "Invocations" },
          { fromMs: startMs, untilMs: startMs + 1 },
          startMs + minuteMs + ms,
        ).byMinute.size > 0;
      let [not, yes] = [300_000 - 1, 900_000];
      expect([isShownAfter(not), isShownAfter(yes)]).toEqual([false, true]);
      while (yes - not > 1_000) {
        const middle = (not + yes) / 2;
        if (isShownAfter(middle)) yes = middle;
        else not = middle;
      }
      return yes;
    });

    const mean = delaysMs.reduce((sum, ms) => sum + ms, 0) / delaysMs.length;
    expect(mean / 600_000).toBeCloseTo(1, 1);
    expect(delaysMs.some((ms, index) => ms > (delaysMs[index + 1] ?? ms) + minuteMs)).toBe(true);
  });

  it("shows at the same time whoever asks in what order, and at another with another seed", () => {
    const nowMs = 60 * minuteMs;
    const [one, again, other] = [counted(100), counted(100), counted(100, { seed: 2 })];
    shown(again, nowMs / 2);

    expect([...shown(one, nowMs)]).toEqual([...shown(again, nowMs)]);
    expect([...shown(one, nowMs)]).not.toEqual([...shown(other, nowMs)]);
  });

  it("is not there for a minute in which nothing was counted", () => {
    const metrics = new SimulatedMetrics();
    metrics.count(place, { Invocations: 1, CacheReadInputTokens: 0 }, 0);
    metrics.count(place, { Invocations: 2 }, 5 * minuteMs);

    expect([...shown(metrics, 60 * minuteMs)]).toEqual([
      [0, 1],
      [5 * minuteMs, 2],
    ]);
    expect(shown(metrics, 60 * minuteMs, "CacheReadInputTokens").size).toBe(0);
    expect(shown(metrics, 60 * minuteMs, "NoSuchMetric").size).toBe(0);
  });

  it("never shows where there is a gap", () => {
    const points = shown(counted(1_000, { gapShare: 0.2 }), Number.MAX_SAFE_INTEGER);

    expect(points.size / 1_000).toBeCloseTo(0.8, 1);
  });

  it("may show a part first, and the whole 15 minutes after its minute at the latest", () => {
    const metrics = counted(1_000, { splitShare: 0.5 });

    const times = Array.from({ length: 50 }, (_, minute) => (900 + minute) * minuteMs);
    const sums = times.flatMap((nowMs) => [...shown(metrics, nowMs).values()]);
    expect(sums.some((sum) => sum < 10)).toBe(true);
    expect(sums.every((sum) => sum > 0 && sum <= 10)).toBe(true);
    expect([...shown(metrics, 1_016 * minuteMs).values()].every((sum) => sum === 10)).toBe(true);
  });

  it("is missing now and then from an answer that says so", () => {
    const metrics = counted(100, { partialShare: 0.5 });
    const answers = Array.from({ length: 100 }, () =>
      metrics.data({ ...place, metric: "Invocations" }, all, 200 * minuteMs),
    );

    const partial = answers.filter(({ status }) => status === "PartialData");
    expect(partial.length / 100).toBeCloseTo(0.5, 0);
    expect(partial.every(({ byMinute }) => byMinute.size < 100)).toBe(true);
    expect(answers.every(({ byMinute, status }) => status === "PartialData" || byMinute.size === 100)).toBe(true);
  });

  it("shows at once where that is asked for", () => {
    const metrics = counted(1, { delayMs: { least: -minuteMs, most: -minuteMs } });

    expect([...shown(metrics, 1)]).toEqual([[0, 10]]);
  });

  it("is in the minute that the machine's time of day says", () => {
    const metrics = counted(1, { epochOffsetMs: 90_000 });

    expect([...shown(metrics, 60 * minuteMs).keys()]).toEqual([minuteMs]);
  });
});

it.each([
  ["documented", [1, 0]],
  ["counted", [0, 1]],
  ["both", [1, 1]],
] as const)("spells cache metrics as it is told: %s", (cacheSpelling, sizes) => {
  const metrics = new SimulatedMetrics({ cacheSpelling });
  metrics.count(place, { CacheWriteInputTokens: 7 }, 0);

  const points = ["CacheWriteInputTokens", "CacheWriteInputTokenCount"].map((name) =>
    shown(metrics, 60 * minuteMs, name),
  );
  expect(points.map(({ size }) => size)).toEqual(sizes);
});

describe("a simulated Bedrock that is counted", () => {
  const nowMs = 60 * minuteMs;

  function bedrock(metrics: SimulatedMetrics): SimulatedBedrock {
    return new SimulatedBedrock({
      quotas: [{ ...place, modelIds: ["us.m", "copy"], tokensPerMinute: 10_000, burndown: 5, maxOutputTokens: 100 }],
      mantleQuotas: [
        { ...place, modelIds: ["m"], inputTokensPerMinute: 1_000, outputTokensPerMinute: 500, maxOutputTokens: 100 },
      ],
      limiter: "fixed60",
      random: seededRandom(1),
      metrics,
    });
  }

  function sum(metrics: SimulatedMetrics, metric: string, where: object = {}): number {
    const { byMinute } = metrics.data({ ...place, metric, ...where }, all, nowMs);
    return [...byMinute.values()].reduce((total, value) => total + value, 0);
  }

  it("counts what calls settled for when they end, and not what they held", () => {
    const metrics = new SimulatedMetrics();
    const aws = bedrock(metrics);
    const call = { ...place, inputTokens: 1_000, cacheWriteInputTokens: 50, maxTokens: 4_000 };

    const admitted = aws.admit(call, 0);
    expect(sum(metrics, "Invocations")).toBe(0);
    if (admitted.kind === "admitted")
      admitted.end({ inputTokens: 1_000, cacheWriteInputTokens: 50, outputTokens: 30 }, 100);

    expect(sum(metrics, "Invocations")).toBe(1);
    expect(sum(metrics, "InputTokenCount")).toBe(1_000);
    expect(sum(metrics, "CacheWriteInputTokens")).toBe(50);
    expect(sum(metrics, "OutputTokenCount")).toBe(30);
    expect(sum(metrics, "EstimatedTPMQuotaUsage")).toBe(1_000 + 50 + 30 * 5);
  });

  it("counts a cache read, which takes no quota", () => {
    const metrics = new SimulatedMetrics();
    const aws = bedrock(metrics);
    const call = { ...place, inputTokens: 10, cachePrefix: { key: "a", tokens: 500 }, maxTokens: 10 };

    for (const nowMs of [0, 1_000]) {
      const admitted = aws.admit(call, nowMs);
      if (admitted.kind !== "admitted") throw new Error(admitted.kind);
      const { cacheWriteInputTokens = 0 } = admitted;
      admitted.end({ inputTokens: 10, cacheWriteInputTokens, outputTokens: 1 }, nowMs);
    }

    expect([sum(metrics, "CacheReadInputTokens"), sum(metrics, "CacheWriteInputTokens")]).toEqual([500, 500]);
    expect(sum(metrics, "EstimatedTPMQuotaUsage")).toBe(10 + 500 + 5 + 10 + 5);
  });

  it("counts throttles and failures apart, and neither as an invocation", () => {
    const metrics = new SimulatedMetrics();
    const aws = bedrock(metrics);

    const admitted = aws.admit({ ...place, inputTokens: 10_000, maxTokens: 0 }, 0);
    expect(aws.admit({ ...place, inputTokens: 1, maxTokens: 0 }, 0).kind).toBe("throttled");
    if (admitted.kind === "admitted") admitted.fail(0);

    expect(sum(metrics, "InvocationThrottles")).toBe(1);
    expect(sum(metrics, "InvocationServerErrors")).toBe(1);
    expect([sum(metrics, "Invocations"), sum(metrics, "EstimatedTPMQuotaUsage")]).toEqual([0, 0]);
  });

  it("counts each id that shares a quota apart, as it was called", () => {
    const metrics = new SimulatedMetrics();
    const aws = bedrock(metrics);

    const admitted = aws.admit({ ...place, modelId: "copy", inputTokens: 10, maxTokens: 0 }, 0);
    if (admitted.kind === "admitted") admitted.end({ inputTokens: 10, outputTokens: 0 }, 0);

    expect([sum(metrics, "Invocations"), sum(metrics, "Invocations", { modelId: "copy" })]).toEqual([0, 1]);
  });

  it("counts mantle under names of its own, and no throttles there", () => {
    const metrics = new SimulatedMetrics();
    const aws = bedrock(metrics);
    const mantle = { ...place, modelId: "m", endpoint: "mantle" } as const;

    const admitted = aws.admit({ ...mantle, inputTokens: 900, maxTokens: 100 }, 0);
    expect(aws.admit({ ...mantle, inputTokens: 900, maxTokens: 100 }, 0).kind).toBe("throttled");
    if (admitted.kind === "admitted") admitted.end({ inputTokens: 900, outputTokens: 40 }, 0);

    const names = ["Inferences", "TotalInputTokens", "TotalOutputTokens", "InvocationThrottles"];
    expect(names.map((name) => sum(metrics, name, mantle))).toEqual([1, 900, 40, 0]);
    expect(sum(metrics, "Inferences")).toBe(0);
  });
});
