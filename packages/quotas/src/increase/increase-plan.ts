import type { MinuteUnit, QuotaPlace } from "@shardrock/core";
import type { ModelMeaning } from "../mapping/meaning.ts";
import type { QuotaRow } from "../reader/aws-reader.ts";
import type { IncreaseDesk } from "./increase-desk.ts";

/** What calls take, as AWS asks for it in its form. Every number 0 or more; a peak is not below its steady state. */
export interface IncreaseLoad {
  readonly steadyTokensPerMinute: number;
  readonly peakTokensPerMinute: number;
  readonly steadyRequestsPerMinute: number;
  readonly peakRequestsPerMinute: number;
  /** Average of one request. */
  readonly averageInputTokens: number;
  /** Average of one request. */
  readonly averageOutputTokens: number;
}

/** Ceilings that are wanted for one model in one account and source Region; at least one, whole and above 0. */
export interface IncreaseWish extends QuotaPlace {
  /** The foundation model's id, such as `anthropic.claude-sonnet-4-6`. */
  readonly modelId: string;
  /** Of calls in the Region, by a geography's profile, or by the global one. */
  readonly scope: Extract<ModelMeaning["scope"], "on-demand" | "geo" | "global">;
  /** Default: `runtime`. */
  readonly endpoint?: ModelMeaning["endpoint"] | undefined;
  /** Default: `standard`. */
  readonly variant?: ModelMeaning["variant"] | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
  /** Of the mantle endpoint. */
  readonly inputTokensPerMinute?: number | undefined;
  /** Of the mantle endpoint. */
  readonly outputTokensPerMinute?: number | undefined;
  readonly load: IncreaseLoad;
  /** What the model is used for, in words for AWS's people. */
  readonly useCase?: string | undefined;
}

/** A quota of an account as far as it is known. */
export interface IncreaseQuota extends QuotaPlace, Pick<QuotaRow, "code" | "name" | "isAdjustable"> {
  /** What AWS applies; undefined: it has never been set, and the default counts. */
  readonly applied: number | undefined;
  /** What every account has; undefined: not known, and then nothing can be asked. */
  readonly default: number | undefined;
}

/** A request that AWS has not decided yet, of any service: all of them count. */
export interface OpenIncrease extends QuotaPlace {
  readonly code: string;
}

export interface IncreasePlan {
  /** What is wanted, the most important first: AWS takes a limited number of requests. */
  readonly wishes: readonly IncreaseWish[];
  /** Of every account and Region that is wished for. */
  readonly quotas: readonly IncreaseQuota[];
  /** In every Region of these accounts, also those that nothing is wished for. */
  readonly open: readonly OpenIncrease[];
  /** Where requests are sent. Without one nothing is, and this is a rehearsal. */
  readonly desk?: IncreaseDesk | undefined;
}

/** A request that AWS can be sent. */
export interface IncreaseRequest extends QuotaPlace {
  readonly code: string;
  /** As AWS writes it. */
  readonly name: string;
  readonly unit: MinuteUnit;
  readonly modelId: string;
  readonly from: number;
  readonly default: number;
  readonly to: number;
}

/** Something that is wished for and cannot be asked of AWS this way. */
export interface RefusedIncrease extends QuotaPlace {
  readonly unit: MinuteUnit;
  readonly modelId: string;
  readonly scope: IncreaseWish["scope"];
  readonly to: number;
  readonly why: string;
  /** What to do in its place. */
  readonly instead: string;
  /** Code of the quota whose request Support answers with an offer to raise this one, too. */
  readonly comesWith: string | undefined;
}
