import type { UsageMetric, UsageQuery, UsageSeries } from "../reader/aws-reader.ts";
import type { ByMinute } from "./surplus.ts";
import type { MeteredQuota } from "./metered-quotas.ts";

/** What the tokens of a call are counted by where AWS gives no estimate of what they take of the quota. */
const parts = ["inputTokens", "cacheWriteTokens", "outputTokens"] as const satisfies readonly UsageMetric[];

export interface UsageAsk {
  /** Whether the estimate of quota tokens is known to be missing, so that tokens are asked for too. */
  readonly isMissing: boolean;
  /** Undefined: of the account that is asked. */
  readonly accountId: string | undefined;
}

/** Every series a quota is counted by. */
export function queriesOf(quota: MeteredQuota, { isMissing, accountId }: UsageAsk): readonly UsageQuery[] {
  const { unit, endpoint, ids } = quota;
  const whose = accountId === undefined ? {} : { accountId };
  const metrics = isMissing ? metricsOf(unit) : [unit];
  return [...ids.keys()].flatMap((modelId) => metrics.map((metric) => ({ endpoint, modelId, metric, ...whose })));
}

export interface UsageCount {
  readonly counted: ByMinute;
  readonly isComplete: boolean;
  /** Whether AWS gave no estimate of quota tokens for any id: all of them call one model, and some may never be called. */
  readonly isMissing: boolean;
}

/** What AWS counted of a quota, all its ids together. */
export function countOf(quota: MeteredQuota, series: readonly UsageSeries[]): UsageCount {
  const own = series.filter(({ query }) => isOf(quota, query));
  const counted = new Map<number, number>();
  let isMissing = true;
  for (const [modelId, burndown] of quota.ids) {
    const pointsOf = (metric: UsageMetric): ByMinute =>
      own.find(({ query }) => query.modelId === modelId && query.metric === metric)?.byMinute ?? nothing;
    const direct = pointsOf(quota.unit);
    if (direct.size > 0) isMissing = false;
    const points = direct.size === 0 ? weighed(pointsOf, burndown) : direct;
    for (const [minute, units] of points) counted.set(minute, (counted.get(minute) ?? 0) + units);
  }
  return { counted, isComplete: own.every(({ isComplete }) => isComplete), isMissing };
}

function isOf({ unit, endpoint, ids, place }: MeteredQuota, query: UsageQuery): boolean {
  const isTheirs = query.accountId === undefined || query.accountId === place.accountId;
  return isTheirs && query.endpoint === endpoint && ids.has(query.modelId) && metricsOf(unit).includes(query.metric);
}

function metricsOf(unit: MeteredQuota["unit"]): readonly UsageMetric[] {
  return unit === "tokens" ? [unit, ...parts] : [unit];
}

/**
 * Tokens as the quota takes them, where input and output are both known. AWS counts no cache writes where there are none.
 * Source: AWS, "How tokens are counted in Amazon Bedrock" (read 2026-11-22).
 */
function weighed(pointsOf: (metric: UsageMetric) => ByMinute, burndown: number): ByMinute {
  const [input, written, output] = parts.map(pointsOf);
  const minutes = [...(input ?? nothing)].flatMap(([minute, tokens]) => {
    const out = output?.get(minute);
    return out === undefined ? [] : [[minute, tokens + (written?.get(minute) ?? 0) + out * burndown] as const];
  });
  return new Map(minutes);
}

const nothing: ByMinute = new Map();
