import { type Limit, type Limits, MemoryLimits, type Quota, type Target } from "@shardrock/core";
import type { SimulatedQuota } from "@shardrock/simulator";

/** What every process of a history shares; a "minute" is 3 s, and the model is as much faster. */
export const windowMs = 3_000;

/** How long a process waits for the store: longer than it would, since eight of them share a busy machine. */
export const timeoutMs = 150;

const modelId = "us.anthropic.claude-chat";

/** Six targets in three accounts, uneven; the two of an account share its requests. */
const places = [60_000, 40_000, 90_000, 50_000, 70_000, 80_000].map((tokens, index) => ({
  tokens,
  accountId: String(Math.floor(index / 2) + 1).padStart(12, "1"),
  region: index % 2 === 0 ? "us-east-1" : "us-west-2",
}));

/** Requests per window of an account: seldom what is short. */
const requests = 400;

export const targets: readonly Target[] = places.map(({ accountId, region }) => {
  const quota = (key: string, unit: Quota["unit"]): Quota => ({ key, unit, windowMs });
  return {
    id: `${accountId}/${region}`,
    accountId,
    region,
    endpoint: "runtime",
    modelId,
    destinationRegions: [region],
    weight: 1,
    quotas: [quota(`${accountId}/${region}/tokens`, "tokens"), quota(`${accountId}/requests`, "requests")],
  };
});

/** Units per window, by quota. */
export const limitsByKey: ReadonlyMap<string, number> = new Map([
  ...places.map(({ accountId, region, tokens }) => [`${accountId}/${region}/tokens`, tokens] as const),
  ...places.map(({ accountId }) => [`${accountId}/requests`, requests] as const),
]);

export const simulatedQuotas: readonly SimulatedQuota[] = places.map(({ accountId, region, tokens }) => ({
  accountId,
  region,
  modelIds: [modelId],
  tokensPerMinute: tokens,
  burndown: 1,
  maxOutputTokens: 4_096,
}));

/** Limits that no learning goes beyond: whatever AWS would let in, nothing above them is ever right. */
export function cappedLimits(): Limits {
  const limits = new MemoryLimits();
  for (const [key, limit] of limitsByKey) limits.set(key, limit, "config");
  return {
    get: (key): Limit | undefined => {
      const limit = limits.get(key);
      return limit && { ...limit, most: limit.published };
    },
    set: (key, published, source) => limits.set(key, published, source),
    setForeignUse: (key, units) => limits.setForeignUse(key, units),
    onChange: (listener) => limits.onChange(listener),
  };
}
