import { z } from "zod";
import { accountIdSchema, numberFrom, options, regionSchema } from "./values.ts";
import type { WithDefaults } from "./values.ts";

/** Which of a model's quotas: in-Region, a geography's profile, or the global profile. Each is its own quota at AWS. */
export type QuotaScope = "on-demand" | "geo" | "global";

/** Ceilings of one model in one account and Region. Leave out what AWS does not enforce. */
export interface QuotaInput {
  /** 0 or more; 0 means the account is on hold and gets no calls. */
  readonly tokensPerMinute?: number | undefined;
  /** 0 or more; many newer models have none. */
  readonly requestsPerMinute?: number | undefined;
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

const perMinute = {
  tokensPerMinute: numberFrom(0, mostPerMinute).optional().describe("Tokens a minute; 0: the account is on hold."),
  requestsPerMinute: numberFrom(0, mostPerMinute)
    .optional()
    .describe("Requests a minute; leave out if there is no such quota."),
};

export const quotaSchema: z.ZodType<QuotaInput, QuotaInput> = options(perMinute).refine(hasLimit, hasLimitRule());

const overrideSchema: z.ZodType<QuotaOverrideInput, QuotaOverrideInput> = options({
  account: accountIdSchema.optional().describe("Only in this account."),
  region: regionSchema.optional().describe("Only from this source Region."),
  scope: z
    .enum(["on-demand", "geo", "global"], "must be on-demand, geo or global")
    .optional()
    .describe("Only for this kind of id."),
  ...perMinute,
})
  .refine(hasLimit, hasLimitRule())
  .refine(isSelective, "must name an account, a region or a scope");

export const quotasSchema: z.ZodType<QuotasConfig, QuotasInput> = options({
  ...perMinute,
  overrides: z
    .array(overrideSchema, "must be a list of overrides")
    .max(10_000, "must be at most 10000 overrides")
    .default([])
    .describe("Where the ceilings differ; the most specific wins."),
}).refine((quotas) => hasLimit(quotas) || quotas.overrides.length > 0, hasLimitRule());

function hasLimit(quota: QuotaInput): boolean {
  return quota.tokensPerMinute !== undefined || quota.requestsPerMinute !== undefined;
}

function hasLimitRule(): string {
  return "must give tokensPerMinute, requestsPerMinute or both";
}

function isSelective(override: QuotaOverrideInput): boolean {
  return override.account !== undefined || override.region !== undefined || override.scope !== undefined;
}
