import type { Candidate, Target } from "../budget/target.ts";
import type { Block } from "./health.ts";

/** Who knows what blocks a target; no function, because one would have to be made for every look. */
export interface Blocks {
  blockOf(target: Target): Block | undefined;
}

/**
 * The candidates that may be used now. When more than half of those no hard block forbids are softly blocked, soft blocks
 * count for nothing: it is rather the judgement that is wrong, and what is left would break under the load.
 * Source: Envoy, "Panic threshold", 50 % (read 2026-11-22).
 */
export function unblocked(candidates: readonly Candidate[], blocks: Blocks): readonly Candidate[] {
  let soft = 0;
  let hard = 0;
  for (const { target } of candidates) {
    const block = blocks.blockOf(target);
    if (block === undefined) continue;
    if (block.isSoft === true) soft += 1;
    else hard += 1;
  }
  if (soft + hard === 0) return candidates;
  const isPanic = soft * 2 > candidates.length - hard;
  return candidates.filter(({ target }) => {
    const block = blocks.blockOf(target);
    return block === undefined || (isPanic && block.isSoft === true);
  });
}
