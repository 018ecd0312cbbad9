import { z } from "zod";
import { accountIdSchema, numberFrom, options, regionSchema } from "./values.ts";
import type { WithDefaults } from "./values.ts";

/**
 * Which of a model's quotas: in-Region, a geography's profile, or the global profile. Each is its own quota at AWS.
 * `dedicated` is what a provisioned, imported or custom model has for itself, one for each ARN.
 */
export type QuotaScope = "on-demand" | "geo" | "global" | "dedicated";

/**
 * Ceilings of one model in one account and Region, each 0 or more; 0 means the account is on hold and gets no calls.
 * Leave out what AWS does not enforce. The two endpoints are two pools, so a model served by both has both kinds.
 */
export interface QuotaInput {
  /** Of the runtime endpoint. */
  readonly tokensPerMinute?: number | undefined;
  /** Of the runtime endpoint; many newer models have none. */
  readonly requestsPerMinute?: number | undefined;
  /** Of the mantle endpoint, which needs it: input and the most that may come back must fit in it. */
  readonly inputTokensPerMinute?: number | undefined;
  /** Of the mantle endpoint: what comes back, counted as it is generated. */
  readonly outputTokensPerMinute?: number | undefined;
}

/** Other ceilings for some accounts, Regions or scopes. What is left out matches all. */
export interface QuotaOverrideInput extends QuotaInput {
  readonly account?: string | undefined;
  /** Source Region. */
  readonly region?: string | undefined;
  readonly scope?: QuotaScope | undefined;
}

/** The ceilings everywhere, and where they differ. */
export interface QuotasInput extends QuotaInput {
  /** The override that names most of account, Region and scope wins; among equals account before Region before scope. */
  readonly overrides?: readonly QuotaOverrideInput[] | undefined;
}

export type QuotasConfig = WithDefaults<QuotasInput, "overrides">;

/** Far above any quota AWS gives (30,000,000 a minute; one account's day at 3e12), far below where sums lose digits. */
const mostPerMinute = 1e12;

const ceiling = numberFrom(0, mostPerMinute).optional();

const perMinute = {
  tokensPerMinute: ceiling.describe("Tokens a minute on runtime; 0: the account is on hold."),
  requestsPerMinute: ceiling.describe("Requests a minute on runtime; leave out if there is no such quota."),
  inputTokensPerMinute: ceiling.describe("Input tokens a minute on mantle; 0: the account is on hold."),
  outputTokensPerMinute: ceiling.describe("Output tokens a minute on mantle."),
};

export const quotaSchema: z.ZodType<QuotaInput, QuotaInput> = options(perMinute).refine(hasLimit, hasLimitRule());

const overrideSchema: z.ZodType<QuotaOverrideInput, QuotaOverrideInput> = options({
  account: accountIdSchema.optional().describe("Only in this account."),
  region: regionSchema.optional().describe("Only from this source Region."),
  scope: z
    .enum(["on-demand", "geo", "global", "dedicated"], "must be on-demand, geo, global or dedicated")
    .optional()
    .describe("Only for this kind of id."),
  ...perMinute,
})
  .refine(hasLimit, hasLimitRule())
  .refine(isSelective, "must name an account, a region or a scope")
  .superRefine(checkMantleScope);

export const quotasSchema: z.ZodType<QuotasConfig, QuotasInput> = options({
  ...perMinute,
  overrides: z
    .array(overrideSchema, "must be a list of overrides")
    .max(10_000, "must be at most 10000 overrides")
    .default([])
    .describe("Where the ceilings differ; the most specific wins."),
}).refine((quotas) => hasLimit(quotas) || quotas.overrides.length > 0, hasLimitRule());

function hasLimit(quota: QuotaInput): boolean {
  return Object.keys(perMinute).some((option) => Reflect.get(quota, option) !== undefined);
}

function hasLimitRule(): string {
  return (
    "must give tokensPerMinute, requestsPerMinute or both, " +
    "or for mantle inputTokensPerMinute and outputTokensPerMinute"
  );
}

function isSelective(override: QuotaOverrideInput): boolean {
  return override.account !== undefined || override.region !== undefined || override.scope !== undefined;
}

function checkMantleScope(override: QuotaOverrideInput, context: z.core.$RefinementCtx): void {
  const { scope, inputTokensPerMinute, outputTokensPerMinute } = override;
  if (scope === undefined || scope === "on-demand") return;
  if (inputTokensPerMinute === undefined && outputTokensPerMinute === undefined) return;
  const message = `must be left out for quotas of mantle, which has no profiles, got "${scope}"`;
  context.addIssue({ code: "custom", path: ["scope"], message });
}
