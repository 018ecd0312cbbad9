import { z } from "zod";
import { numberFrom, options, wholeNumber } from "./values.ts";
import { quotasSchema } from "./quotas.ts";
import type { QuotasConfig, QuotasInput } from "./quotas.ts";
import { servedBySchema } from "./served-by.ts";
import type { ServedByConfig, ServedByInput } from "./served-by.ts";

/** One model, under the name callers use. */
export interface ModelInput {
  /** All must be the same model: a call goes to whichever has room. */
  readonly servedBy: readonly ServedByInput[];
  /** Ceilings per account and source Region; may be left out when `fallbackQuota` is set or another name has them. */
  readonly quotas?: QuotasInput | undefined;
  /** Quota tokens one output token costs on the runtime endpoint, 1 to 100; the catalogue's unless told. */
  readonly burndown?: number | undefined;
  /** Most tokens the model can answer with: what AWS holds for a call that sets no maximum. The catalogue's unless told. */
  readonly maxOutputTokens?: number | undefined;
}

/** A model as checked, defaults filled in. */
export interface ModelConfig extends ModelInput {
  readonly servedBy: readonly ServedByConfig[];
  readonly quotas?: QuotasConfig | undefined;
}

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
