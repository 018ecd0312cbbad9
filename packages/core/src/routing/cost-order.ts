import type { Cost } from "../budget/quota.ts";

/** Whether a cost takes as much as another of every unit. */
export function isAtLeast(cost: Cost, other: Cost): boolean {
  return (
    (cost.tokens ?? 0) >= (other.tokens ?? 0) &&
    (cost.requests ?? 0) >= (other.requests ?? 0) &&
    (cost.inputTokens ?? 0) >= (other.inputTokens ?? 0) &&
    (cost.outputTokens ?? 0) >= (other.outputTokens ?? 0)
  );
}
