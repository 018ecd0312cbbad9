export type { DriftOptions } from "./drift/drift-options.ts";
export { DriftWatch, type DriftWatchOptions } from "./drift/drift-watch.ts";
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
