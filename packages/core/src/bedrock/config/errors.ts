import { z } from "zod";
import { options } from "./values.ts";
import type { WithDefaults } from "./values.ts";

/** What errors may say. */
export interface ErrorsInput {
  /** True: an AWS error keeps its message, which may repeat parts of the prompt. Default false. */
  readonly includeProviderMessage?: boolean | undefined;
}

export type ErrorsConfig = WithDefaults<ErrorsInput, "includeProviderMessage">;

export const errorsSchema: z.ZodType<ErrorsConfig, ErrorsInput> = options({
  includeProviderMessage: z
    .boolean("must be true or false")
    .default(false)
    .describe("True: AWS errors keep their message, which may repeat parts of the prompt."),
});
