import type { Target } from "@shardrock/core";
import type { Plan, PlannedCall } from "./plan.ts";

/** Hard rules, said again in the simplest way. */
export function mayGo(target: Target, { allowedRegions, pinnedTo }: PlannedCall, plan: Plan): boolean {
  const within = [allowedRegions, plan.allowedRegions].every(
    (allowed) =>
      allowed === undefined || target.destinationRegions?.every((region) => allowed.includes(region)) === true,
  );
  return within && !plan.drained.has(target.accountId) && (pinnedTo === undefined || pinnedTo === target.accountId);
}
