import { type Cost, dayWindowMs, MemoryLimits, type Quota, seededRandom, type Target } from "@shardrock/core";
import { type LimiterKind, SimulatedBedrock } from "@shardrock/simulator";

/** The workload chat of SCENARIO: every call sets max_tokens to 1 000, an output token is one quota token. */
export const maxTokens = 1_000;
export const burndown = 1;
export const modelId = "us.anthropic.claude-chat";

/** The size of a run: quotas of 8 targets over 4 accounts, and how long a "minute" is. */
export interface Size {
  /** Tokens per window, by target. */
  readonly tokensPerMinute: readonly number[];
  readonly windowMs: number;
}

/** Uneven, 100 000 to 2 000 000 TPM, in real minutes. */
export const fullSize: Size = {
  tokensPerMinute: [2_000_000, 100_000, 1_500_000, 150_000, 1_000_000, 250_000, 600_000, 400_000],
  windowMs: 60_000,
};

/** A simulated AWS, and what a router believes of it. */
export interface World {
  readonly targets: readonly Target[];
  readonly limits: MemoryLimits;
  readonly bedrock: SimulatedBedrock;
  /** Sum of all quotas, tokens per minute. */
  readonly summedTpm: number;
}

export interface WorldShape {
  readonly limiter: LimiterKind;
  readonly seed: number;
  readonly size: Size;
}

export function makeWorld({ limiter, seed, size: { tokensPerMinute, windowMs } }: WorldShape): World {
  const limits = new MemoryLimits();
  const quotas = tokensPerMinute.map((tpm, index) => {
    return { ...placeOf(index), modelIds: [modelId], tokensPerMinute: tpm, burndown, maxOutputTokens: 64_000 };
  });
  const targets = quotas.map((quota) => {
    const target = targetOf(quota.accountId, quota.region, windowMs);
    limits.set(target.quotas[0]?.key ?? "", quota.tokensPerMinute, "config");
    return target;
  });
  const bedrock = new SimulatedBedrock({ quotas, limiter, windowMs, random: seededRandom(seed) });
  return { targets, limits, bedrock, summedTpm: quotas.reduce((sum, quota) => sum + quota.tokensPerMinute, 0) };
}

/** Account and Region of a target: two Regions in each account. */
export function placeOf(index: number): { readonly accountId: string; readonly region: string } {
  return { accountId: String((index >> 1) + 1).repeat(12), region: index % 2 === 0 ? "us-east-1" : "us-west-2" };
}

function targetOf(accountId: string, region: string, windowMs: number): Target {
  const tokens: Quota = { key: `${accountId}/${region}/tokens`, unit: "tokens", windowMs };
  const day: Quota = { key: `${accountId}/${region}/day`, unit: "tokens", windowMs: dayWindowMs };
  return {
    id: `${accountId}/${region}/runtime/${modelId}`,
    accountId,
    region,
    endpoint: "runtime",
    modelId,
    destinationRegions: [region],
    weight: 1,
    isDrained: false,
    quotas: [tokens, day],
  };
}

/** What a chat call holds, and what it takes in the end. */
export function holdOf(call: { readonly inputTokens: number }): Cost {
  return { requests: 1, tokens: call.inputTokens + maxTokens };
}

export function actualOf(call: { readonly inputTokens: number; readonly outputTokens: number }): Cost {
  return { requests: 1, tokens: call.inputTokens + call.outputTokens * burndown };
}
