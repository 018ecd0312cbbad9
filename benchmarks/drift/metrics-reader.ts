import type { AwsReader, UsageMetric, UsageQuery } from "@shardrock/quotas";
import type { SimulatedMetrics } from "@shardrock/simulator";

/** As CloudWatch calls what is asked for of the runtime endpoint. */
const names: Readonly<Record<UsageMetric, string>> = {
  tokens: "EstimatedTPMQuotaUsage",
  requests: "Invocations",
  throttles: "InvocationThrottles",
  inputTokens: "InputTokenCount",
  cacheWriteTokens: "CacheWriteInputTokens",
  outputTokens: "OutputTokenCount",
};

/** A CloudWatch in virtual time. Nothing else is asked. */
export function metricsReader(metrics: SimulatedMetrics, clock: { monotonicMs(): number }): AwsReader {
  return {
    appliedQuotas: unasked,
    defaultQuotas: unasked,
    profiles: unasked,
    usage(queries, span, { place }) {
      const seriesOf = (query: UsageQuery) => {
        const { endpoint, modelId, metric, accountId = place.accountId } = query;
        const asked = { accountId, region: place.region, endpoint, modelId, metric: names[metric] };
        const { byMinute, status } = metrics.data(asked, span, clock.monotonicMs());
        return { query, byMinute, isComplete: status === "Complete" };
      };
      return Promise.resolve(queries.map(seriesOf));
    },
  };
}

function unasked(): Promise<{ rows: readonly never[]; next: undefined }> {
  return Promise.resolve({ rows: [], next: undefined });
}
