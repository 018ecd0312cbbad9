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
