import { seededRandom } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { BackgroundTraffic } from "./background-traffic.ts";
import { limiterKinds, type LimiterKind } from "./limiters/limiter-kind.ts";
import { SimulatedMetrics } from "./metrics/simulated-metrics.ts";
import { SimulatedBedrock } from "./simulated-bedrock.ts";
import { VirtualClock } from "./virtual-clock.ts";

const minuteMs = 60_000;
const place = { accountId: "111111111111", region: "us-east-1", modelId: "us.m" };
const tokensPerMinute = 2_000_000;

function world(
  limiter: LimiterKind = "bucket25",
  burndown = 5,
): { clock: VirtualClock; bedrock: SimulatedBedrock; metrics: SimulatedMetrics } {
  const clock = new VirtualClock({ alarmsPerTurn: 1_000_000 });
  const metrics = new SimulatedMetrics({ delayMs: { least: 0, most: 0 } });
  const quota = { ...place, modelIds: ["us.m"], tokensPerMinute, burndown, maxOutputTokens: 64_000 };
  return {
    clock,
    metrics,
    bedrock: new SimulatedBedrock({ quotas: [quota], limiter, random: seededRandom(1), metrics }),
  };
}

describe("background traffic", () => {
  it.each(limiterKinds)("settles for its share of the quota under %s", async (limiter) => {
    const { clock, bedrock } = world(limiter);
    using traffic = new BackgroundTraffic({ bedrock, clock, place, share: 0.5 });

    await clock.advance(4 * minuteMs);

    expect(traffic.settledTokens / (4 * tokensPerMinute)).toBeGreaterThan(0.46);
    expect(traffic.settledTokens / (4 * tokensPerMinute)).toBeLessThan(0.52);
    expect(traffic.throttles / traffic.calls).toBeLessThan(0.05);
  });

  it("is counted in the metrics like everybody", async () => {
    const { clock, bedrock, metrics } = world();
    using traffic = new BackgroundTraffic({ bedrock, clock, place, share: 0.3 });

    await clock.advance(5 * minuteMs);

    const span = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY };
    const data = metrics.data({ ...place, metric: "EstimatedTPMQuotaUsage" }, span, 60 * minuteMs);
    const sums = [...data.byMinute.values()];
    expect(sums.reduce((total, sum) => total + sum, 0)).toBe(traffic.settledTokens);
    expect(sums).toHaveLength(5);
  });

  it("comes and goes when it is told", async () => {
    const { clock, bedrock } = world();
    const times = { fromMs: 3 * minuteMs, untilMs: 5 * minuteMs };
    using traffic = new BackgroundTraffic({ bedrock, clock, place, share: 0.5, ...times });

    await clock.advance(3 * minuteMs - 1);
    expect(traffic.calls).toBe(0);
    await clock.advance(2 * minuteMs + 1);
    const calls = traffic.calls;
    expect(calls).toBeGreaterThan(100);
    await clock.advance(5 * minuteMs);
    expect(traffic.calls).toBe(calls);
    expect(traffic.settledTokens / (2 * tokensPerMinute)).toBeCloseTo(0.5, 1);
  });

  it("takes its share of what the quota is at the time, and nothing of an account on hold", async () => {
    const { clock, bedrock } = world();
    using traffic = new BackgroundTraffic({ bedrock, clock, place, share: 0.5 });

    bedrock.changeQuota(place, { tokensPerMinute: 0 }, 0);
    await clock.advance(minuteMs);
    expect([traffic.calls, traffic.throttles]).toEqual([0, 0]);

    bedrock.changeQuota(place, { tokensPerMinute: 400_000 }, clock.monotonicMs());
    await clock.advance(minuteMs);
    const before = traffic.settledTokens;
    await clock.advance(5 * minuteMs);
    expect((traffic.settledTokens - before) / (5 * 400_000)).toBeCloseTo(0.5, 1);
  });

  it.each(limiterKinds)("keeps its share under %s beside somebody who takes all that is left", async (limiter) => {
    const { clock, bedrock } = world(limiter, 1);
    using traffic = new BackgroundTraffic({ bedrock, clock, place, share: 0.5 });
    let taken = 0;
    const greedy = (): void => {
      const call = bedrock.admit({ ...place, inputTokens: 2_000, maxTokens: 0 }, clock.monotonicMs());
      if (call.kind === "admitted") {
        taken += 2_000;
        call.end({ inputTokens: 2_000, outputTokens: 0 }, clock.monotonicMs());
      }
      if (clock.monotonicMs() < 4 * minuteMs) clock.timer(60, greedy); // asks for all of the quota
    };
    greedy();

    await clock.advance(4 * minuteMs);

    const whole = 4 * tokensPerMinute;
    expect(traffic.throttles).toBeGreaterThan(0);
    expect(traffic.settledTokens / whole).toBeGreaterThan(0.3);
    expect((traffic.settledTokens + taken) / whole).toBeGreaterThan(0.85);
    expect((traffic.settledTokens + taken) / whole).toBeLessThan(1.3);
  });

  it("is the same with the same seed, and another with another", async () => {
    const runs = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const { clock, bedrock } = world();
        using traffic = new BackgroundTraffic({ bedrock, clock, place, share: 0.5, seed });
        await clock.advance(minuteMs);
        return traffic.settledTokens;
      }),
    );

    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).not.toBe(runs[2]);
  });

  it("keeps pace with a shortened minute", async () => {
    const clock = new VirtualClock({ alarmsPerTurn: 1_000_000 });
    const quota = { ...place, modelIds: ["us.m"], tokensPerMinute, burndown: 1, maxOutputTokens: 64_000 };
    const random = seededRandom(1);
    const bedrock = new SimulatedBedrock({ quotas: [quota], limiter: "bucket25", windowMs: 6_000, random });
    using traffic = new BackgroundTraffic({ bedrock, clock, place, share: 0.5, windowMs: 6_000 });

    await clock.advance(60_000); // ten of them

    expect(traffic.settledTokens / (10 * tokensPerMinute)).toBeCloseTo(0.5, 1);
  });

  it("takes of mantle's input quota", async () => {
    const clock = new VirtualClock({ alarmsPerTurn: 1_000_000 });
    const mantle = { ...place, modelId: "m", endpoint: "mantle" } as const;
    const limits = { inputTokensPerMinute: 1_000_000, outputTokensPerMinute: 1_000_000, maxOutputTokens: 64_000 };
    const bedrock = new SimulatedBedrock({
      quotas: [],
      mantleQuotas: [{ ...place, modelIds: ["m"], ...limits }],
      limiter: "sliding60",
      random: seededRandom(1),
    });
    using traffic = new BackgroundTraffic({ bedrock, clock, place: mantle, share: 0.4 });

    await clock.advance(5 * minuteMs);

    expect(traffic.settledTokens / 5_000_000).toBeCloseTo(0.4, 1);
  });

  it.each([0, -1, 1.1, Number.NaN])("refuses a share of %d", (share) => {
    const { clock, bedrock } = world();
    expect(() => new BackgroundTraffic({ bedrock, clock, place, share })).toThrow("share must be above 0 up to 1");
  });
});
