import { z } from "zod";
import { numberFrom, options, wholeNumber } from "./values.ts";
import { readModelId } from "../fleet/model-id.ts";
import { quotasSchema } from "./quotas.ts";
import type { QuotasConfig, QuotasInput } from "./quotas.ts";
import { servedBySchema } from "./served-by.ts";
import type { ServedByConfig, ServedByInput } from "./served-by.ts";

/** One model, under the name callers use. */
export interface ModelInput {
  /** All must be the same model: a call goes to whichever has room. */
  readonly servedBy?: readonly ServedByInput[] | undefined;
  /**
   * A foundation model's id such as `anthropic.claude-sonnet-4-6`, in place of `servedBy`: it is reached by its id, by the
   * profile of each Region's geography and by the global one, wherever the client's `quotas` find them.
   */
  readonly model?: string | undefined;
  /** Ceilings per account and source Region; may be left out when `fallbackQuota` is set or another name has them. */
  readonly quotas?: QuotasInput | undefined;
  /** Quota tokens one output token costs on the runtime endpoint, 1 to 100; the catalogue's unless told. */
  readonly burndown?: number | undefined;
  /** Most tokens the model can answer with: what AWS holds for a call that sets no maximum. The catalogue's unless told. */
  readonly maxOutputTokens?: number | undefined;
}

const modelRule = "must be the id of a foundation model such as anthropic.claude-sonnet-4-6, not of a profile";

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
    .optional()
    .describe("Ids that serve the model; all must be the same model."),
  model: z
    .string(modelRule)
    .max(2048)
    .refine(isFoundationModel, modelRule)
    .optional()
    .describe("Foundation model, in place of servedBy: its ids and profiles are found by the client's quotas."),
  quotas: quotasSchema.optional().describe("Ceilings in each account and source Region."),
  burndown: numberFrom(1, 100).optional().describe("Quota tokens one output token costs."),
  maxOutputTokens: wholeNumber(1, 10_000_000).optional().describe("Most tokens the model can answer with."),
})
  .superRefine(checkIds)
  .transform(({ servedBy = [], ...model }) => ({ ...model, servedBy }));

function checkIds({ servedBy, model }: ModelInput, context: z.core.$RefinementCtx): void {
  if (servedBy === undefined && model === undefined) {
    const message = "is missing; it must be a list of ids that serve the model, or name the model itself in model";
    context.addIssue({ code: "custom", path: ["servedBy"], message });
  } else if (servedBy !== undefined && model !== undefined) {
    const message = "must be left out where servedBy names the ids";
    context.addIssue({ code: "custom", path: ["model"], message });
  }
}

function isFoundationModel(id: string): boolean {
  const read = readModelId(id);
  return read.kind === "model-id" && read.scope === "on-demand" && read.accountId === undefined;
}
