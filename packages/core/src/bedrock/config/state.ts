import { z } from "zod";
import { options } from "./values.ts";

/** Where what was learned outlives the process. */
export interface StateInput {
  /**
   * Path of a JSON file that this process may read and write; each process needs its own. It holds numbers and the names
   * of the config and of tenants, no content.
   */
  readonly file: string;
}

const rule = "must be the path of a file";

export const stateSchema: z.ZodType<StateInput, StateInput> = options({
  file: z.string(rule).min(1, rule).max(4_096, rule).describe("JSON file for what was learned; one for each process."),
});
