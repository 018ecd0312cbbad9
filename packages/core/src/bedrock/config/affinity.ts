import type { z } from "zod";
import { options, wholeNumber } from "./values.ts";
import type { WithDefaults } from "./values.ts";

/** How long calls with one affinity key prefer the target that served the last of them. */
export interface AffinityInput {
  /** Since the last call with the key, 1 to 86,400,000 ms; default 300,000, as long as a prompt cache lives: what is cached counts for nothing after. */
  readonly ttlMs?: number | undefined;
  /** Most keys remembered, 1 to 1,000,000; default 10,000. The one not used for longest is forgotten first. */
  readonly maxKeys?: number | undefined;
}

export type AffinityConfig = WithDefaults<AffinityInput, keyof AffinityInput>;

export const affinitySchema: z.ZodType<AffinityConfig, AffinityInput> = options({
  ttlMs: wholeNumber(1, 86_400_000)
    .default(300_000)
    .describe("How long a key is remembered after its last call, in ms."),
  maxKeys: wholeNumber(1, 1_000_000).default(10_000).describe("Most keys remembered."),
});
