export type {
  Asked,
  AwsReader,
  Page,
  ProfileRow,
  QuotaRow,
  UsageMetric,
  UsageQuery,
  UsageSeries,
  UsageSpan,
} from "./reader/aws-reader.ts";
export { serviceQuotas } from "./service-quotas.ts";
export type { ServiceQuotasOptions } from "./service-quotas-options.ts";
export type { DriftOptions } from "./drift/drift-options.ts";
export { pollCost, type ApiCost, type PollCostOptions } from "./reader/poll-cost.ts";
export type { ApiRate } from "./reader/api-rates.ts";
