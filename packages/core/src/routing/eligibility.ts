import type { Limit, Limits } from "../budget/limits.ts";
import { dayWindowMs, type Quota, type Unit } from "../budget/quota.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { CallRequest, Pin } from "./call.ts";
import { residencyRefusal } from "./residency.ts";
import type { DrainedAccounts, Setting } from "./setting.ts";

/** What one call demands of a target besides room. */
export interface HardRules {
  readonly allowedRegions?: readonly string[] | undefined;
  readonly pin?: Pin | undefined;
  readonly drained: DrainedAccounts;
}

/** A call may narrow the router's residency, never widen it. */
export function rulesOf(
  { allowedRegions, pin }: CallRequest,
  { allowedRegions: own, drained }: Pick<Setting, "allowedRegions" | "drained">,
): HardRules {
  const both =
    own && allowedRegions ? allowedRegions.filter((region) => own.includes(region)) : (allowedRegions ?? own);
  return { allowedRegions: both, pin, drained };
}

/** Why hard rules forbid a target for a call; undefined when they allow it. Nothing overrides them. */
export function hardRefusal(target: Target, rules: HardRules, limits: Limits): string | undefined {
  const refusal = placeRefusal(target, rules);
  if (refusal !== undefined) return refusal;
  const closed = target.quotas.find((quota) => isMinute(quota) && (limits.get(quota.key)?.value ?? 0) === 0);
  if (closed === undefined) return undefined;
  return limits.get(closed.key) === undefined
    ? `quota ${closed.key} has no limit`
    : `quota ${closed.key} is 0: the account is on hold`;
}

/** What `hardRefusal` asks of where the target is, whatever its quotas. */
function placeRefusal(target: Target, { drained, pin, allowedRegions }: HardRules): string | undefined {
  if (drained.size > 0 && drained.has(target.accountId)) return sayDrained(target, drained);
  if (pin !== undefined && !isWithin(target, pin)) {
    const { by, accountId, region } = pin;
    return `the call is bound to account ${accountId}${region === undefined ? "" : `, ${region}`} by ${by}`;
  }
  return allowedRegions && residencyRefusal(target, allowedRegions);
}

function sayDrained({ accountId }: Target, drained: DrainedAccounts): string {
  const reason = drained.get(accountId);
  return `account ${accountId} is drained${reason === undefined ? "" : `: ${reason}`}`;
}

function isWithin(target: Target, { accountId, region }: Pin): boolean {
  return target.accountId === accountId && (region === undefined || target.region === region);
}

/** The quotas that calls on a target wait for. */
export function minuteKeys(target: Target): readonly string[] {
  return target.quotas.filter(isMinute).map(({ key }) => key);
}

/** Whether hard rules allow all of some candidates, whatever their quotas; says no reasons. */
export function mayAllTake(candidates: readonly Candidate[], rules: HardRules): boolean {
  const { drained, pin, allowedRegions } = rules;
  if (drained.size === 0 && pin === undefined && allowedRegions === undefined) return true;
  for (const { target } of candidates) if (placeRefusal(target, rules) !== undefined) return false;
  return true;
}

/** What a call takes more of than a target's quota can ever carry; undefined when it fits an idle quota. */
export function shortfall({ target, cost }: Candidate, limits: Limits): Shortfall | undefined {
  for (const quota of target.quotas) {
    const needed = cost[quota.unit] ?? 0;
    const limit = limits.get(quota.key);
    const published = limit?.published ?? 0;
    const largest = limit === undefined ? 0 : largestOf(limit);
    if (!isMinute(quota) || needed <= largest) continue;
    return { needed, largest, unit: quota.unit, isCapped: needed <= published };
  }
  return undefined;
}

/** What others use of it may be free again, so it does not make a call too large. */
export function largestOf({ published, most = published }: Limit): number {
  return Math.min(published, most);
}

export interface Shortfall {
  readonly needed: number;
  readonly largest: number;
  readonly unit: Unit;
  /** The quota would carry it, but for what the config allows at most. */
  readonly isCapped: boolean;
}

/** A shortfall in words. */
export function sayShortfall({ needed, largest, unit, isCapped }: Shortfall): string {
  const why = isCapped ? ", as much as the config lets this account be used for" : "";
  return `the call takes ${needed} ${unit}, the quota never carries more than ${largest}${why}`;
}

/** Day quotas are advisory; only minute quotas carry a limit the book enforces. */
export function isMinute(quota: Quota): boolean {
  return quota.windowMs < dayWindowMs;
}
