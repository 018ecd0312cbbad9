export { AwsIncreaseDesk, type AwsIncreaseDeskOptions, type DeskClientOptions } from "./increase/aws-increase-desk.ts";
export type { DeskAnswer, IncreaseDesk } from "./increase/increase-desk.ts";
export type {
  IncreaseLoad,
  IncreasePlan,
  IncreaseQuota,
  IncreaseRequest,
  IncreaseWish,
  OpenIncrease,
  RefusedIncrease,
} from "./increase/increase-plan.ts";
export { increaseQuotas, type QuotaRows } from "./increase/increase-quotas.ts";
export { quotaIncrease, type PreparedIncrease, type SendIncrease } from "./increase/quota-increase.ts";
export type { IncreaseResult } from "./increase/send-requests.ts";
export {
  collisions,
  mapRows,
  type Collision,
  type MappedRow,
  type MappedRows,
  type UnmappedRow,
} from "./mapping/map-rows.ts";
export { meaningOf } from "./mapping/meaning-of.ts";
export type { CrossModelDay, KnownMeaning, Meaning, ModelMeaning, Unmapped, Unrelated } from "./mapping/meaning.ts";
export { minuteRow, minuteUnits, type MinuteQuota } from "./mapping/minute-row.ts";
export { modelName } from "./mapping/model-name.ts";
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
export { surplusPerMinute, type ByMinute } from "./drift/surplus.ts";
export { pollCost, type ApiCost, type PollCostOptions } from "./reader/poll-cost.ts";
export type { ApiRate } from "./reader/api-rates.ts";
export { pacedAws, type PacedAwsOptions } from "./reader/paced-aws.ts";
