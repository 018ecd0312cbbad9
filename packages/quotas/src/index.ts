export type {
  Asked,
  AwsReader,
  IncreaseRequest,
  Page,
  ProfileRow,
  QuotaRow,
  UsageMetric,
  UsageQuery,
  UsageSeries,
  UsageSpan,
} from "./reader/aws-reader.ts";
