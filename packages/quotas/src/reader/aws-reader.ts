import type { QuotaPlace } from "@shardrock/core";

/** A row of Service Quotas, as far as it matters here. */
export interface QuotaRow {
  /** Such as `L-15B8E632`; the same in every account and Region. */
  readonly code: string;
  /** As AWS writes it; its case and wording vary. */
  readonly name: string;
  readonly value: number;
  /** Whether AWS takes a request to raise it. */
  readonly isAdjustable: boolean;
  /** Whether it is one quota for all Regions. */
  readonly isGlobal: boolean;
}

/** A cross-Region inference profile as one source Region shows it. */
export interface ProfileRow {
  /** As it is called, such as `us.anthropic.claude-sonnet-4-6`; for an application profile its ARN. */
  readonly id: string;
  readonly type: "system" | "application";
  readonly isActive: boolean;
  /** ARNs of the foundation models it may run, one for each destination; without a Region: any commercial one. */
  readonly modelArns: readonly string[];
}

/** One page of a list, and what to ask for the next one with. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
  /** Codes of quotas whose value AWS could not tell now. */
  readonly unread?: readonly string[] | undefined;
}

/** What AWS counts by the minute. */
export type UsageMetric = "tokens" | "requests" | "throttles" | "inputTokens" | "cacheWriteTokens" | "outputTokens";

/** One series: what calls of one model or profile id in an account and Region used. */
export interface UsageQuery {
  readonly endpoint: "runtime" | "mantle";
  /** As it is called. */
  readonly modelId: string;
  readonly metric: UsageMetric;
  /** Whose: another account's than the one that is asked, where its metrics are shared with that one. */
  readonly accountId?: string | undefined;
}

export interface UsageSeries {
  readonly query: UsageQuery;
  /** Sums by the minute's beginning, in ms since 1970. A minute that is not in it is not known: late, or nothing was counted. */
  readonly byMinute: ReadonlyMap<number, number>;
  /** False: AWS said that more may come. */
  readonly isComplete: boolean;
}

/** Minutes that are asked for, in ms since 1970; the first is in, the last is not. */
export interface UsageSpan {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Where a question is asked, and until when. */
export interface Asked {
  readonly place: QuotaPlace;
  /** Undefined: the first page. */
  readonly page?: string | undefined;
  readonly signal: AbortSignal;
}

/** Source: API reference of CloudWatch, `GetMetricData`: up to 500 queries in one request (read 2026-11-22). */
export const queriesPerRequest: number = 500;

/**
 * What is asked of AWS, each method one request in one account and Region. Rejects with what AWS or the network failed with,
 * or with the signal's reason.
 */
export interface AwsReader {
  /** Quotas that were set for this account: AWS leaves out those that never were. */
  appliedQuotas(asked: Asked): Promise<Page<QuotaRow>>;
  /** What every account has unless told otherwise. */
  defaultQuotas(asked: Asked): Promise<Page<QuotaRow>>;
  profiles(asked: Asked): Promise<Page<ProfileRow>>;
  /** At most 500 queries. */
  usage(queries: readonly UsageQuery[], span: UsageSpan, asked: Asked): Promise<readonly UsageSeries[]>;
}
