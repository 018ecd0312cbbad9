import { z } from "zod";
import { accountIdSchema, listOf, numberFrom, options, regionSchema, regionsSchema, wholeNumber } from "./values.ts";
import { readModelId } from "../fleet/model-id.ts";
import { quotasSchema } from "./quotas.ts";
import { shownValue } from "./shown-value.ts";
import type { QuotasConfig, QuotasInput } from "./quotas.ts";

/** One id that serves a model, and where. */
export interface ServedByInput {
  /** Model id, inference-profile id or ARN, as sent to AWS. An ARN serves its own account and Region only. */
  readonly id: string;
  /** Source Regions; every Region of every account unless told. */
  readonly regions?: readonly string[] | undefined;
  /** Accounts that use this id; all unless told. */
  readonly accounts?: readonly string[] | undefined;
  /**
   * Regions where a profile may run the call: one list, or a list per source Region, because a geography's profile
   * runs elsewhere from elsewhere. `aws bedrock get-inference-profile` tells them. Left out they are unknown, and
   * residency refuses the profile. A plain model id runs in its source Region and needs none.
   */
  readonly destinations?: readonly string[] | Readonly<Record<string, readonly string[]>> | undefined;
  /** For an application inference profile: the model or profile id it was made from, whose quota it shares. */
  readonly baseModel?: string | undefined;
}

/** One model, under the name callers use. */
export interface ModelInput {
  /** All must be the same model: a call goes to whichever has room. */
  readonly servedBy: readonly ServedByInput[];
  /** Ceilings per account and source Region; may be left out when `fallbackQuota` is set or another name has them. */
  readonly quotas?: QuotasInput | undefined;
  /** Quota tokens one output token costs, 1 to 100; the catalogue's unless told. */
  readonly burndown?: number | undefined;
  /** Most tokens the model can answer with: what AWS holds for a call that sets no maximum. The catalogue's unless told. */
  readonly maxOutputTokens?: number | undefined;
}

export type ServedByConfig = ServedByInput;

export interface ModelConfig extends ModelInput {
  readonly quotas?: QuotasConfig | undefined;
}

const destinationsRule = "must be a list of Regions, or a list for each source Region";

const servedBySchema: z.ZodType<ServedByConfig, ServedByInput> = options({
  id: z.string("must be a model id, an inference-profile id or an ARN").max(2048).describe("As sent to AWS."),
  regions: regionsSchema.optional().describe("Source Regions; every account's Regions unless told."),
  accounts: listOf(accountIdSchema, "must be a list of account ids").optional().describe("All accounts unless told."),
  destinations: z
    .union([regionsSchema, z.record(regionSchema, regionsSchema, destinationsRule)], destinationsRule)
    .optional()
    .describe("Regions where a profile may run the call; a list, or a list for each source Region."),
  baseModel: z
    .string("must be a model id or an inference-profile id")
    .optional()
    .describe("For an application inference profile: the id it was made from."),
}).superRefine(checkServedBy);

export const modelSchema: z.ZodType<ModelConfig, ModelInput> = options({
  servedBy: z
    .array(servedBySchema, "must be a list of ids that serve the model")
    .min(1, "must name at least one id that serves the model")
    .max(100, "must be at most 100 ids")
    .describe("Ids that serve the model; all must be the same model."),
  quotas: quotasSchema.optional().describe("Ceilings in each account and source Region."),
  burndown: numberFrom(1, 100).optional().describe("Quota tokens one output token costs."),
  maxOutputTokens: wholeNumber(1, 10_000_000).optional().describe("Most tokens the model can answer with."),
});

/** Regions where a profile may run a call that is sent to `region`; undefined when the config does not say. */
export function destinationsFrom(served: ServedByConfig, region: string): readonly string[] | undefined {
  const destinations = served.destinations;
  return destinations === undefined || isList(destinations) ? destinations : destinations[region];
}

function isList(destinations: NonNullable<ServedByConfig["destinations"]>): destinations is readonly string[] {
  return Array.isArray(destinations);
}

function checkServedBy(served: ServedByConfig, context: z.core.$RefinementCtx): void {
  const read = readModelId(served.id, served.baseModel);
  if (read.kind === "problem") {
    const message = `${read.message}, got ${shownValue(served[read.option] ?? null)}`;
    context.addIssue({ code: "custom", path: [read.option], message });
  } else if (read.staysInRegion && served.destinations !== undefined) {
    const message = "must be left out: a plain model id runs in its source Region";
    context.addIssue({ code: "custom", path: ["destinations"], message });
  }
}
