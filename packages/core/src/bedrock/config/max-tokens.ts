import { z } from "zod";
import { numberFrom, options } from "./values.ts";
import type { WithDefaults } from "./values.ts";

/** What a call that sets no maximum of output tokens gets. One that is set is never changed. */
export interface MaxTokensInput {
  /**
   * `"model-maximum"` (default): nothing is filled in, and AWS holds the model's maximum for as long as the call runs.
   * `"learned"`: one and a half times the length that a share of `risk` of the model's answers exceeds, or of the
   * tenant's; nothing until enough calls were seen for that. Calls that ask the model to think get nothing either.
   */
  readonly unset?: "model-maximum" | "learned" | undefined;
  /** Share of answers that may be longer than the length learnt, 0.001 to 0.5; default 0.001. */
  readonly risk?: number | undefined;
}

export type MaxTokensConfig = WithDefaults<MaxTokensInput, keyof MaxTokensInput>;

export const maxTokensSchema: z.ZodType<MaxTokensConfig, MaxTokensInput> = options({
  unset: z
    .enum(["model-maximum", "learned"], 'must be "model-maximum" or "learned"')
    .default("model-maximum")
    .describe("What a call without a maximum of output tokens gets."),
  risk: numberFrom(0.001, 0.5).default(0.001).describe("Share of answers that may be longer than the length learnt."),
});
