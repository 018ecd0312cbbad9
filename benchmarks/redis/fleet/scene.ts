import { parseConfig, type Config } from "@shardrock/core";
import type { SimulatedQuota } from "@shardrock/simulator";

/** A true minute. */
export const minuteMs = 60_000;

/** A "minute" that does not take so long; the model is as much faster, and the machine has as much more to do. */
export const shortMinuteMs = 8_000;

/** How long a call waits for room: half a minute. */
export function maxWaitMs(windowMs: number): number {
  return windowMs / 2;
}

/** What a call takes in the mean. */
export const meanTokens = 1_375;
const modelId = "us.anthropic.claude-chat";
const region = "us-east-1";

/** Four accounts, uneven, of at least 200 mean calls a window each: 20 a second in all in true time, 150 in short minutes. */
const tokensPerMinute = [200, 260, 320, 420].map((calls) => calls * meanTokens);

/** Quota tokens a window of all accounts. */
export const summedTokens: number = tokensPerMinute.reduce((sum, tokens) => sum + tokens, 0);

export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly modelId: string;
  /** Tokens per window. */
  readonly limit: number;
}

export const places: readonly Place[] = tokensPerMinute.map((limit, index) => {
  return { accountId: String(index + 1).padStart(12, "1"), region, modelId, limit };
});

export const simulatedQuotas: readonly SimulatedQuota[] = places.map(({ accountId, limit }) => {
  return { accountId, region, modelIds: [modelId], tokensPerMinute: limit, burndown: 1, maxOutputTokens: 64_000 };
});

/** What a router is opened with. */
export function fleetConfig(windowMs: number): Config {
  return parseConfig({
    accounts: places.map(({ accountId }) => ({
      id: accountId,
      roleArn: `arn:aws:iam::${accountId}:role/shardrock`,
      externalId: `external-${accountId}`,
      regions: [region],
    })),
    models: {
      chat: {
        servedBy: [{ id: modelId, destinations: [region] }],
        quotas: {
          overrides: places.map(({ accountId, limit }) => ({ account: accountId, region, tokensPerMinute: limit })),
        },
        burndown: 1,
        maxOutputTokens: 64_000,
      },
    },
    residency: { allowedRegions: [region] },
    windows: { minuteMs: windowMs },
    waiting: { maxWaitMs: maxWaitMs(windowMs), maxQueued: 100_000, maxInFlight: 10_000 },
  });
}
