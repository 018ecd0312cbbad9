import type { Router } from "../../routing/router.ts";
import type { ServedModel } from "../fleet/served-model.ts";

/** Says once for each model, loudly, what a call without a maximum of output tokens costs. */
export function warnOfUnsetMaximum(router: Router, { name, maxOutputTokens }: ServedModel): void {
  router.warn(
    `max-tokens-unset:${name}`,
    `A call to ${name} sets no maximum of output tokens, so AWS holds the model's: ${maxOutputTokens} tokens of quota ` +
      `for each such call, from start to end. Set it near what answers need; it is the largest lever on throughput.`,
  );
}
