import { dayWindowMs, MemoryLimits, type Quota, type Random, seededRandom, type Target } from "@shardrock/core";
import { type LimiterKind, SimulatedBedrock, type SimulatedQuota } from "@shardrock/simulator";
import { placeOf, type Size, sum } from "./size.ts";

export const modelId = "us.anthropic.claude-chat";

/** A simulated AWS, and what a router believes of it. */
export interface World {
  readonly targets: readonly Target[];
  readonly limits: MemoryLimits;
  readonly bedrock: SimulatedBedrock;
  /** Sum of all quotas, tokens per minute. */
  readonly summedTpm: number;
  /** The same of requests; 0: they have no quotas. */
  readonly summedRpm: number;
}

export interface WorldShape {
  readonly limiter: LimiterKind;
  readonly seed: number;
  readonly size: Size;
  readonly burndown: number;
  /** What the router believes each limit is: the truth, or half, once or twice of it at random. */
  readonly beliefs?: "right" | "random";
  /** Day counters of the first targets close after so many minutes of their quota, and stay closed for the run. */
  readonly dayMinutes?: { readonly targets: number; readonly minutes: number };
}

export function makeWorld({ limiter, seed, size, burndown, beliefs = "right", dayMinutes }: WorldShape): World {
  const { tokensPerMinute, requestsPerMinute, windowMs } = size;
  const limits = new MemoryLimits();
  const random = seededRandom(seed + 7);
  const quotas = tokensPerMinute.map((tpm, index): SimulatedQuota => {
    const quota = {
      ...placeOf(size, index),
      modelIds: [modelId],
      tokensPerMinute: tpm,
      burndown,
      maxOutputTokens: 64_000,
    };
    const rpm = requestsPerMinute?.[index];
    return rpm === undefined ? quota : { ...quota, requestsPerMinute: rpm };
  });
  const targets = quotas.map((quota) => {
    const target = targetOf(quota, windowMs);
    const [tokens, requests] = target.quotas;
    const factor = beliefs === "right" ? 1 : believedShare(random);
    limits.set(tokens?.key ?? "", quota.tokensPerMinute * factor, "config");
    if (quota.requestsPerMinute !== undefined) {
      limits.set(requests?.key ?? "", quota.requestsPerMinute * factor, "config");
    }
    return target;
  });
  const dayQuotas = quotas.slice(0, dayMinutes?.targets ?? 0).map(({ accountId, region, tokensPerMinute }) => {
    return { accountId, region, tokensPerDay: tokensPerMinute * (dayMinutes?.minutes ?? 0), phaseMs: 0 };
  });
  const bedrock = new SimulatedBedrock({ quotas, dayQuotas, limiter, windowMs, random: seededRandom(seed) });
  return { targets, limits, bedrock, summedTpm: sum(tokensPerMinute), summedRpm: sum(requestsPerMinute ?? []) };
}

function believedShare(random: Random): number {
  return [0.5, 1, 2][Math.floor(random() * 3)] ?? 1;
}

function targetOf({ accountId, region, requestsPerMinute }: SimulatedQuota, windowMs: number): Target {
  const tokens: Quota = { key: `${accountId}/${region}/tokens`, unit: "tokens", windowMs };
  const requests: Quota = { key: `${accountId}/${region}/requests`, unit: "requests", windowMs };
  const day: Quota = { key: `${accountId}/${region}/day`, unit: "tokens", windowMs: dayWindowMs };
  return {
    id: `${accountId}/${region}/runtime/${modelId}`,
    accountId,
    region,
    endpoint: "runtime",
    modelId,
    destinationRegions: [region],
    weight: 1,
    quotas: [tokens, ...(requestsPerMinute === undefined ? [] : [requests]), day],
  };
}
