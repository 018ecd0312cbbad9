import type { AwsReader } from "./aws-reader.ts";

/** How often an API may be asked in one account and Region. */
export interface ApiRate {
  /** As AWS names it. */
  readonly api: string;
  /** Requests a second, and how many beyond that at once. */
  readonly perSecond: number;
  readonly burst: number;
  /** Whether AWS publishes it; else it is a bound of ours, far below what was ever seen refused. */
  readonly isPublished: boolean;
}

/** Questions that count against one rate. */
export type ApiFamily = "quotas" | "profiles" | "usage";

/**
 * Which of AWS's rates each question counts against. The two lists of Service Quotas share one here, whether or not they do
 * at AWS.
 * Source: AWS, Service Quotas endpoints and quotas (List* 10/s, burst 10, per account and Region, not adjustable);
 * CloudWatch service quotas (GetMetricData 500/s; 50 in older pages, which is what is kept here). Both read 2026-11-22.
 */
export const apiRates: Readonly<Record<ApiFamily, ApiRate>> = {
  quotas: { api: "servicequotas:List*", perSecond: 10, burst: 10, isPublished: true },
  profiles: { api: "bedrock:ListInferenceProfiles", perSecond: 2, burst: 2, isPublished: false },
  usage: { api: "cloudwatch:GetMetricData", perSecond: 50, burst: 50, isPublished: true },
};

export const familyOf: Readonly<Record<keyof AwsReader, ApiFamily>> = {
  appliedQuotas: "quotas",
  defaultQuotas: "quotas",
  profiles: "profiles",
  usage: "usage",
};
