/** Operations of Service Quotas. */
export const quotaOperations = [
  "ListServiceQuotas",
  "ListAWSDefaultServiceQuotas",
  "GetServiceQuota",
  "GetAWSDefaultServiceQuota",
  "RequestServiceQuotaIncrease",
  "ListRequestedServiceQuotaChangeHistory",
] as const;

export type QuotaOperation = (typeof quotaOperations)[number];

/** What is asked about accounts, rather than of models. */
export type ControlOperation =
  | QuotaOperation
  | "GetMetricData"
  | "ListInferenceProfiles"
  | "GetInferenceProfile"
  | "GetFoundationModelAvailability"
  | "GetModelInvocationLoggingConfiguration";
