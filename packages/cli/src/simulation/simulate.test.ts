import { type Config, parseConfig, type ShardrockConfig } from "@shardrock/core";
import { limiterKinds } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import type { TraceCall } from "../traces/trace-call.ts";
import { simulate, type SimulateOptions } from "./simulate.ts";
import type { SimulationReport } from "./simulation-report.ts";

const accounts = ["111111111111", "222222222222"];

function configOf(change: Partial<ShardrockConfig> = {}, quotas = { tokensPerMinute: 60_000 }): Config {
  return parseConfig({
    accounts: accounts.map((id) => ({
      id,
      roleArn: `arn:aws:iam::${id}:role/shardrock`,
      externalId: "simulated",
      regions: ["us-east-1"],
    })),
    models: {
      chat: {
        servedBy: [{ id: "us.anthropic.claude-chat", destinations: ["us-east-1"] }],
        burndown: 5,
        maxOutputTokens: 4_000,
        quotas,
      },
    },
    residency: { allowedRegions: "anywhere" },
    ...change,
  });
}

/** Calls of 1 000 input, 100 output and at most 500 tokens: 1 500 when they start, 1 500 when they end. */
function evenly(count: number, everyMs: number, change: Partial<TraceCall> = {}): TraceCall[] {
  return Array.from({ length: count }, (_, index) => ({
    atMs: index * everyMs,
    model: "chat",
    tenant: undefined,
    inputTokens: 1_000,
    outputTokens: 100,
    maxTokens: 500,
    priority: 0,
    ...change,
  }));
}

function simulated(options: Partial<SimulateOptions> = {}): Promise<SimulationReport> {
  return simulate({ config: configOf(), calls: evenly(100, 2_000), limiter: "sliding60", seed: 1, ...options });
}

describe("a simulation", () => {
  it.each(limiterKinds)("serves at once what the quotas carry, however AWS counts (%s)", async (limiter) => {
    const report = await simulated({ limiter });

    expect(report).toMatchObject({ offered: 100, served: 100, delayed: 0, refused: 0, throttled: 0, attempts: 100 });
    expect(report.waits).toMatchObject({ p99Ms: 0, longestMs: 0 });
  });

  it("fills in max_tokens where the config has it learned, as the client does", async () => {
    // They take 1 500 in the end, 95 % of the quotas; by the model's maximum they hold 5 000, and calls wait for seconds.
    const calls = evenly(1_500, 100, { maxTokens: undefined });
    const config = configOf({ maxTokens: { unset: "learned", risk: 0.05 } }, { tokensPerMinute: 475_000 });

    const report = await simulated({ calls, config });

    expect(report).toMatchObject({ served: 1_500, cutShort: 0 });
    expect(report.waits.p95Ms).toBe(0);
  });

  it("counts answers that a learned max_tokens cut short", async () => {
    const short = evenly(2_000, 100, { maxTokens: undefined });
    const calls = short.map((call, index) => (index % 100 === 99 ? { ...call, outputTokens: 1_000 } : call));
    const config = configOf({ maxTokens: { unset: "learned", risk: 0.05 } }, { tokensPerMinute: 2_000_000 });

    const { cutShort, served } = await simulated({ calls, config });

    expect(served).toBe(2_000);
    expect(cutShort).toBeGreaterThan(10);
    expect(cutShort).toBeLessThanOrEqual(20);
  });

  it("says how much of each quota was used, and of what it carries", async () => {
    const { quotas, spanMs } = await simulated();

    expect(spanMs).toBe(198_000);
    expect(quotas.map(({ accountId }) => accountId).toSorted()).toEqual(accounts);
    expect(quotas.reduce((sum, { used }) => sum + used, 0)).toBe(100 * 1_500);
    for (const { used, utilisation, usedOverTime } of quotas) {
      expect(utilisation).toBeCloseTo(used / (60_000 * (198 / 60)));
      expect(usedOverTime.reduce((sum, amount) => sum + amount, 0)).toBe(used);
    }
  });

  it("lets calls wait where they come faster than the quotas refill, and refuses those that would wait too long", async () => {
    const report = await simulated({ calls: evenly(400, 375) });

    expect(report.served + report.refused).toBe(400);
    expect(report.delayed).toBeGreaterThan(100);
    expect(report.refused).toBeGreaterThan(50);
    expect(report.waits.longestMs).toBeLessThanOrEqual(30_000);
    expect(report.waits.p95Ms).toBeGreaterThan(report.waits.p50Ms);
    expect(report.peak.waiting).toBeGreaterThan(10);
    const [quota] = report.quotas;
    expect(quota?.peakUtilisation).toBeGreaterThan(0.9);
    expect(quota?.peakUtilisation).toBeLessThan(1.2);
  });

  it("names the quota that keeps calls waiting, and when it began to", async () => {
    const quiet = evenly(30, 2_000);
    const busy = evenly(200, 300).map((call) => ({ ...call, atMs: 60_000 + call.atMs }));
    const config = configOf({}, { tokensPerMinute: 10_000_000, requestsPerMinute: 60 } as { tokensPerMinute: number });

    const { quotas } = await simulated({ config, calls: [...quiet, ...busy] });

    for (const { unit, boundMs, firstBoundAtMs = 0, boundMsOverTime } of quotas) {
      if (unit === "tokens") expect(boundMs).toBe(0);
      if (unit !== "requests") continue;
      expect(boundMs).toBeGreaterThan(20_000);
      expect(firstBoundAtMs).toBeGreaterThan(60_000);
      expect(boundMsOverTime.slice(0, 60).every((ms) => ms === 0)).toBe(true);
    }
  });

  it("tells models and tenants apart, by what calls name: the config's name or an id", async () => {
    const calls = evenly(10, 1_000, { tenant: "a" }).flatMap((call) => [
      call,
      { ...call, tenant: "b", model: "us.anthropic.claude-chat" },
      {
        ...call,
        tenant: "b",
        model: "arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.anthropic.claude-chat",
      },
      { ...call, model: "another" },
    ]);

    const { models, unknownModels, offered } = await simulated({ calls });

    expect({ offered, unknownModels }).toEqual({ offered: 30, unknownModels: 10 });
    expect(models[0]?.tenants.map(({ tenant, served }) => [tenant, served])).toEqual([
      ["a", 10],
      ["b", 20],
    ]);
  });

  it("refuses what no quota carries, and holds the model's maximum for calls that set none", async () => {
    const config = configOf({}, { tokensPerMinute: 4_900 });

    const report = await simulated({ config, calls: evenly(1, 1, { maxTokens: undefined }) });

    expect(report).toMatchObject({ offered: 1, served: 0, tooLarge: 1 });
  });

  it("counts all processes as one", async () => {
    const report = await simulated({ config: configOf({ instances: 4 }) });

    expect(report).toMatchObject({ served: 100, delayed: 0 });
  });

  it("gives the same bytes for the same seed and calls, and others for another seed", async () => {
    const calls = evenly(300, 400);
    const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => simulated({ calls, seed })));

    expect(JSON.stringify(same)).toBe(JSON.stringify(one));
    expect(JSON.stringify({ ...other, seed: 1 })).not.toBe(JSON.stringify(one));
  });

  it("gives the same bytes whether calls come at once or are read on the way", async () => {
    const calls = evenly(300, 400);
    async function* read(): AsyncGenerator<TraceCall> {
      for (const [index, call] of calls.entries()) {
        if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
        yield call;
      }
    }

    expect(JSON.stringify(await simulated({ calls: read() }))).toBe(JSON.stringify(await simulated({ calls })));
  });

  it("ends with the error of a trace that cannot be read, and closes it when it is broken off", async () => {
    const stop = new AbortController();
    let isClosed = false;
    function* endless(): Generator<TraceCall> {
      try {
        for (let atMs = 0; ; atMs += 1_000) {
          if (atMs === 50_000) stop.abort(new Error("enough"));
          for (const call of evenly(1, 1)) yield { ...call, atMs };
        }
      } finally {
        isClosed = true;
      }
    }
    const broken = (function* (): Generator<TraceCall> {
      yield* evenly(3, 10);
      throw new Error("line 4 is no call");
    })();

    await expect(simulated({ calls: endless(), signal: stop.signal })).rejects.toThrow("enough");
    await expect(simulated({ calls: broken })).rejects.toThrow("line 4 is no call");
    expect(isClosed).toBe(true);
  });

  it("moves a call on where AWS refuses it, and says how often it did", async () => {
    const dayLimits = [{ accountId: "111111111111", region: "us-east-1", tokensPerDay: 3_000 }];

    const report = await simulated({ dayLimits, calls: evenly(20, 5_000) });

    expect(report.served).toBe(20);
    expect(report.throttled).toBeGreaterThan(0);
    expect(report.attempts).toBe(20 + report.throttled);
  });

  it("keeps as many points of a day as of a minute", async () => {
    const { load, quotas, offered } = await simulated({ calls: evenly(2_000, 43_000) });

    expect(load.calls.length).toBeLessThanOrEqual(288);
    expect(load.calls.length).toBeGreaterThan(140);
    expect(load.calls.reduce((sum, calls) => sum + calls, 0)).toBe(offered);
    expect(quotas[0]?.usedOverTime.length).toBe(load.calls.length);
  });

  it("counts no call twice and loses none, whatever is wrong with it", async () => {
    const calls = evenly(200, 100).map((call, index) => ({ ...call, inputTokens: index % 7 === 0 ? 90_000 : 900 }));

    const { offered, served, refused, tooLarge, nowhere, failed } = await simulated({ calls });

    expect(served + refused + tooLarge + nowhere + failed).toBe(offered);
    expect(tooLarge).toBe(29);
  });
});
