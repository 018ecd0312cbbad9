import type { Target } from "../../budget/target.ts";
import type { QuotaInput, QuotaOverrideInput, QuotasConfig, QuotaScope } from "../config/quotas.ts";

/** What a minute quota counts. */
export type MinuteUnit = "tokens" | "requests" | "inputTokens" | "outputTokens";

/** What a ceiling is asked for. */
export interface CeilingOf {
  readonly accountId: string;
  readonly region: string;
  readonly scope: QuotaScope;
}

/** The option that gives each unit's ceiling. */
export const optionOf = {
  tokens: "tokensPerMinute",
  requests: "requestsPerMinute",
  inputTokens: "inputTokensPerMinute",
  outputTokens: "outputTokensPerMinute",
} as const;

/**
 * What each endpoint counts a minute: runtime tokens of both kinds together, and for some models requests; mantle input
 * and output apart, and no requests. Source: AWS, "Quotas for the bedrock-runtime endpoint" and "Quotas for the
 * bedrock-mantle endpoint" (read 2026-11-22).
 */
export const minuteUnits: Readonly<Record<Target["endpoint"], readonly MinuteUnit[]>> = {
  runtime: ["tokens", "requests"],
  mantle: ["inputTokens", "outputTokens"],
};

/** The ceiling a model's quotas give one unit in one place, per minute; undefined when they do not say. */
export function ceilingFor(quotas: QuotasConfig | undefined, unit: MinuteUnit, place: CeilingOf): number | undefined {
  if (quotas === undefined) return undefined;
  const fitting = quotas.overrides.filter(
    (override) => matches(override, place) && ceilingIn(override, unit) !== undefined,
  );
  const best = fitting.reduce<QuotaInput>((best, next) => (rank(next) > rank(best) ? next : best), quotas);
  return ceilingIn(best, unit);
}

/** The ceiling one set of options gives a unit. */
export function ceilingIn(quota: QuotaInput, unit: MinuteUnit): number | undefined {
  return quota[optionOf[unit]];
}

function matches({ account, region, scope }: QuotaOverrideInput, place: CeilingOf): boolean {
  return (
    (account ?? place.accountId) === place.accountId &&
    (region ?? place.region) === place.region &&
    (scope ?? place.scope) === place.scope
  );
}

/** Naming more beats naming less; among equals account beats Region beats scope. Naming nothing is 0. */
function rank({ account, region, scope }: QuotaOverrideInput): number {
  const named = [account, region, scope].map((selector) => (selector === undefined ? 0 : 1));
  return named.reduce<number>((sum, is, index) => sum + is * (8 + 4 / 2 ** index), 0);
}
