import type { Limits } from "../budget/limits.ts";
import type { Quota } from "../budget/quota.ts";
import { dayWindowMs } from "../budget/quota.ts";
import type { Target } from "../budget/target.ts";
import { residencyRefusal } from "./residency.ts";

/** What one call demands of a target besides room. */
export interface HardRules {
  readonly allowedRegions?: readonly string[] | undefined;
  readonly pinnedAccountId?: string | undefined;
}

/** Why hard rules forbid a target for a call; undefined when they allow it. Nothing overrides them. */
export function hardRefusal(target: Target, rules: HardRules, limits: Limits): string | undefined {
  if (target.isDrained) return `account ${target.accountId} is drained`;
  if (rules.pinnedAccountId !== undefined && rules.pinnedAccountId !== target.accountId) {
    return `the call holds ids that exist in account ${rules.pinnedAccountId} only`;
  }
  const refusal = rules.allowedRegions && residencyRefusal(target, rules.allowedRegions);
  if (refusal !== undefined) return refusal;
  const closed = target.quotas.find((quota) => isMinute(quota) && (limits.get(quota.key)?.value ?? 0) === 0);
  if (closed === undefined) return undefined;
  return limits.get(closed.key) === undefined
    ? `quota ${closed.key} has no limit`
    : `quota ${closed.key} is 0: the account is on hold`;
}

/** Day quotas are advisory; only minute quotas carry a limit the book enforces. */
export function isMinute(quota: Quota): boolean {
  return quota.windowMs < dayWindowMs;
}
