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
