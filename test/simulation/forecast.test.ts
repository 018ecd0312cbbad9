import { simulate, type SimulationReport, type TraceCall } from "@shardrock/cli";
import { parseConfig, seededRandom, type ShardrockConfig } from "@shardrock/core";
import { chatSize, type LimiterKind, poissonGapMs, SimulatedBedrock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { type DropInRun, dropInRun } from "./forecast/drop-in-run.ts";

const region = "us-east-1";
const modelId = "us.anthropic.claude-chat";
const windowMs = 10_000;
const burndown = 5;
const maxOutputTokens = 4_000;
const limits = new Map([
  ["111111111111", 40_000],
  ["222222222222", 60_000],
  ["333333333333", 50_000],
  ["444444444444", 70_000],
]);

function configOf(change: Partial<ShardrockConfig> = {}): ShardrockConfig {
  return {
    accounts: [...limits.keys()].map((id) => {
      return { id, roleArn: `arn:aws:iam::${id}:role/shardrock`, externalId: "simulated", regions: [region] };
    }),
    models: {
      chat: {
        servedBy: [{ id: modelId, destinations: [region] }],
        quotas: { overrides: [...limits].map(([account, tokensPerMinute]) => ({ account, region, tokensPerMinute })) },
        burndown,
        maxOutputTokens,
      },
    },
    residency: { allowedRegions: "anywhere" },
    waiting: { maxWaitMs: 5_000 },
    windows: { minuteMs: windowMs },
    ...change,
  };
}

/** 25 s of chat. @param load - times what the quotas carry. */
function trace(load: number, change: Partial<TraceCall> = {}): TraceCall[] {
  const random = seededRandom(11);
  const calls: TraceCall[] = [];
  const perMs = (load * 220_000) / windowMs / (1_161 + 214 * burndown);
  for (let atMs = 0; atMs < 25_000; atMs += poissonGapMs(perMs, random)) {
    const tenant = calls.length % 4 === 0 ? "batch" : "web";
    calls.push({ atMs, model: "chat", tenant, ...chatSize(random), maxTokens: 1_000, priority: 0, ...change });
  }
  return calls;
}

interface Scene {
  readonly calls: readonly TraceCall[];
  readonly limiter: LimiterKind;
  readonly config?: ShardrockConfig;
}

const seeds = [1, 2, 3];

/** The same calls by the same config: sent once, and forecast for each seed. */
async function bothWays({ calls, limiter, config = configOf() }: Scene) {
  const forecast: SimulationReport[] = [];
  for (const seed of seeds) forecast.push(await simulate({ config: parseConfig(config), calls, limiter, seed }));
  const quotas = [...limits].map(([accountId, tokensPerMinute]) => {
    return { accountId, region, modelIds: [modelId], tokensPerMinute, burndown, maxOutputTokens };
  });
  const bedrock = new SimulatedBedrock({ quotas, limiter, windowMs, random: seededRandom(2) });
  return { forecast, sent: await dropInRun({ config, bedrock, calls, seed: 1 }) };
}

function middle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function p95({ waitsMs }: DropInRun): number {
  return waitsMs[Math.ceil(waitsMs.length * 0.95) - 1] ?? Number.NaN;
}

describe("what shardrock plan forecasts, beside the same calls sent through the drop-in client", () => {
  it.each([
    ["bucket25", 1.15],
    ["bucket25", 1.6],
  ] as const)(
    "is served, waits and fills each quota alike (%s, %s times what the quotas carry)",
    async (limiter, load) => {
      const { forecast, sent } = await bothWays({ calls: trace(load), limiter });

      const planned = (valueOf: (report: SimulationReport) => number): number => middle(forecast.map(valueOf));
      const off = (real: number, forecast: number): number => Math.abs(real / forecast - 1);
      expect(sent.failed).toBe(0);
      expect(
        off(
          sent.served,
          planned(({ served }) => served),
        ),
      ).toBeLessThan(0.03);
      expect(
        off(
          p95(sent),
          planned(({ waits }) => waits.p95Ms),
        ),
      ).toBeLessThan(0.1);
      for (const account of limits.keys()) {
        const used = planned(({ quotas }) => quotas.find(({ accountId }) => accountId === account)?.used ?? 0);
        expect(off(sent.tokens.get(account) ?? 0, used)).toBeLessThan(0.05);
      }
    },
  );
});
