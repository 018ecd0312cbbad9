import type { LimiterKind } from "@shardrock/simulator";
import type { SimulationReport } from "../simulation/simulation-report.ts";

/**
 * What `shardrock plan` found out. Plain data, in the order it is told: the same seeds and inputs give the same bytes. Times
 * are ms, fractions run 0 to 1, `null` is "nobody asked" or "there is none".
 */
export interface PlanReport {
  readonly kind: "plan";
  readonly config: PlannedConfig;
  readonly traffic: PlannedTraffic;
  /** How many runs a figure stands on. */
  readonly grid: RunGrid;
  /** What was to be met, as it is understood; null: nothing was asked. */
  readonly slo: string | null;
  /** The traffic as given, then as each `--grow` asks. */
  readonly loads: readonly PlannedLoad[];
  /** The traffic as given when something is otherwise; the first is the config as it is, in the same runs. */
  readonly whatIfs: readonly PlanCase[];
  /** What AWS's form for higher quotas asks for; one for each account, Region and model of the runtime endpoint. */
  readonly increase: readonly IncreaseForm[];
  /** What was taken to be so, in sentences. */
  readonly assumptions: readonly string[];
  /** What a reader should know of this answer before acting on it; may be empty. */
  readonly warnings: readonly string[];
}

/** What `shardrock replay` found out: two configs on one trace, with the same seeds. */
export interface ReplayReport {
  readonly kind: "replay";
  readonly configs: readonly [PlannedConfig, PlannedConfig];
  readonly traffic: PlannedTraffic;
  readonly grid: RunGrid;
  readonly slo: string | null;
  /** Under the first config, and under the second. */
  readonly cases: readonly [PlanCase, PlanCase];
  readonly differences: readonly Difference[];
  readonly assumptions: readonly string[];
  readonly warnings: readonly string[];
}

export interface PlannedConfig {
  /** The file as it was typed, or `AWS's defaults`. */
  readonly name: string;
  /** True: limits are AWS's defaults, not what any account was given. */
  readonly isDefault: boolean;
  readonly accounts: number;
  /** Source Regions, each once. */
  readonly regions: readonly string[];
  readonly models: readonly string[];
}

export interface PlannedTraffic {
  /** In a sentence: where it comes from. */
  readonly says: string;
  /** Calls of one run; of the first seed's, where each seed has its own. */
  readonly calls: number;
  /** From the first call to the last. */
  readonly spanMs: number;
  readonly callsPerSecond: number;
  readonly meanInputTokens: number;
  readonly meanOutputTokens: number;
  /** Share of calls that set max_tokens. */
  readonly maxTokensShare: number;
  /** Mean of those; null: none did. */
  readonly meanMaxTokens: number | null;
}

/** Every combination of a seed and a limiter is a run. */
export interface RunGrid {
  readonly seeds: readonly number[];
  /** Ways that AWS may count a minute. */
  readonly limiters: readonly LimiterKind[];
}

/** Traffic of one size: what becomes of it, and what would be needed for it. */
export interface PlannedLoad {
  /** Times the traffic as given; 1 is that itself. */
  readonly growth: number;
  readonly case: PlanCase;
  /** Null: no SLO was asked for. */
  readonly accounts: AccountsAnswer | null;
  /** Null: no SLO was asked for. */
  readonly raises: RaisesAnswer | null;
}

/** One config on one traffic, over all runs. */
export interface PlanCase {
  /** In a few words: `as it is`, `max_tokens halved`, `account 111111111111 lost`. */
  readonly name: string;
  /** Whether all runs meet the SLO; null: none was asked for. */
  readonly isMet: boolean | null;
  /** Runs that meet it. */
  readonly runsMet: number;
  readonly offered: Spread;
  /** Shares of the calls offered. */
  readonly served: Spread;
  /** Served, but after waiting for room. */
  readonly delayed: Spread;
  /** There was no room in time. */
  readonly refused: Spread;
  /** Larger than any quota ever carries; or no target may take them; or AWS failed. */
  readonly lost: Spread;
  /** Attempts that AWS refused, of all attempts. */
  readonly throttled: Spread;
  /** Of calls that were served, in ms. */
  readonly waits: WaitSpreads;
  readonly quotas: readonly CaseQuota[];
  /** What keeps calls waiting most, in a few words; null: nothing does. */
  readonly binding: string | null;
  /** In the order of limiters, and of seeds within. */
  readonly runs: readonly RunFacts[];
  /** All of its typical run, with everything over time; only of the traffic as given, and of a replay. */
  readonly detail: SimulationReport | null;
}

export interface WaitSpreads {
  readonly mean: Spread;
  readonly p50: Spread;
  readonly p90: Spread;
  readonly p95: Spread;
  readonly p99: Spread;
  readonly longest: Spread;
}

/** A figure over runs: the median, and how far they are apart. */
export interface Spread {
  readonly typical: number;
  readonly least: number;
  readonly most: number;
}

/** One run of a case. */
export interface RunFacts {
  readonly seed: number;
  readonly limiter: LimiterKind;
  readonly isMet: boolean | null;
  /** Share of the calls offered. */
  readonly served: number;
  readonly refused: number;
  /** Of calls that were served. */
  readonly p95WaitMs: number;
  readonly p99WaitMs: number;
}

/** One minute quota over all runs of a case. */
export interface CaseQuota {
  readonly key: string;
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: "runtime" | "mantle";
  readonly scope: string;
  readonly unit: "requests" | "tokens" | "inputTokens" | "outputTokens";
  readonly models: readonly string[];
  readonly limit: number;
  readonly windowMs: number;
  /** Used of what it carried, and at its busiest minute. */
  readonly utilisation: Spread;
  readonly peakUtilisation: Spread;
  /** Calls that AWS refused because of it. */
  readonly throttled: Spread;
  /** While so long, calls waited that it had no room for; a share of the time that calls came. */
  readonly bound: Spread;
  /** When that began first in any run, in ms; null: never. */
  readonly firstBoundAtMs: number | null;
}

/** The smallest number of accounts that meets the SLO. */
export interface AccountsAnswer {
  /** Null: no number of accounts up to `tried` does. */
  readonly accounts: number | null;
  readonly has: number;
  /** The largest number that was tried. */
  readonly tried: number;
  /** The answer, one account fewer and one more, all runs of each; without an answer, the largest tried. */
  readonly checks: readonly Check[];
  /** Without an answer: what stands in its way. */
  readonly limits: readonly string[];
}

/** The smallest raises of quotas that meet the SLO with the accounts there are. */
export interface RaisesAnswer {
  /** Empty: none is needed; null: none up to `tried` times are enough. */
  readonly raises: readonly Raise[] | null;
  /** The largest factor that was tried. */
  readonly tried: number;
  readonly checks: readonly Check[];
  readonly limits: readonly string[];
}

/** One kind of quota, raised alike wherever it is. */
export interface Raise {
  /** The foundation model's id, or the ARN of what has quotas of its own. */
  readonly modelId: string;
  readonly endpoint: "runtime" | "mantle";
  readonly scope: string;
  readonly unit: CaseQuota["unit"];
  /** Times what there is; a step is 5 %. */
  readonly factor: number;
  /** In every account and Region. */
  readonly places: readonly RaisedLimit[];
}

export interface RaisedLimit {
  readonly accountId: string;
  readonly region: string;
  readonly from: number;
  readonly to: number;
}

/** A try that was run in full. */
export interface Check {
  /** `4 accounts`, `1.55 times the quotas`. */
  readonly name: string;
  readonly runs: number;
  readonly runsMet: number;
  readonly served: Spread;
  readonly p99WaitMs: Spread;
}

/** What AWS's form asks for, of one model in one account and Region. Rates are per minute. */
export interface IncreaseForm {
  readonly accountId: string;
  readonly region: string;
  readonly modelId: string;
  readonly scope: string;
  readonly steadyTokensPerMinute: number;
  readonly peakTokensPerMinute: number;
  readonly steadyRequestsPerMinute: number;
  readonly peakRequestsPerMinute: number;
  readonly averageInputTokens: number;
  readonly averageOutputTokens: number;
  readonly tokensPerMinute: LimitWish | null;
  readonly requestsPerMinute: LimitWish | null;
}

/** `to` equals `from` where nothing more is needed. */
export interface LimitWish {
  readonly from: number;
  readonly to: number;
}

/** A figure under two configs. */
export interface Difference {
  readonly name: string;
  readonly unit: "share" | "ms" | "count";
  readonly first: Spread;
  readonly second: Spread;
  /** Of the second minus the first, run by run. */
  readonly change: Spread;
}
