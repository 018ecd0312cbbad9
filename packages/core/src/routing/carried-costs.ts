import type { Limit, Limits } from "../budget/limits.ts";
import type { Cost } from "../budget/quota.ts";
import type { Target } from "../budget/target.ts";
import { isMinute, largestOf } from "./eligibility.ts";

/** The largest cost that a target's quotas ever carry, by unit; Infinity where it has no quota. */
type Carried = Readonly<Required<Cost>>;

/** What each target carries at most, by the limits as they are; worked out once, because every candidate of every call is asked. */
export class CarriedCosts {
  readonly limits: Limits;
  #known = new WeakMap<Target, Carried>();

  constructor(limits: Limits) {
    this.limits = limits;
    limits.onChange(() => {
      this.#known = new WeakMap();
    });
  }

  /** Whether a target ever carries a cost; never one that is no number. */
  carries(target: Target, cost: Cost): boolean {
    const carried = this.#known.get(target) ?? this.#read(target);
    return (
      (cost.tokens ?? 0) <= carried.tokens &&
      (cost.requests ?? 0) <= carried.requests &&
      (cost.inputTokens ?? 0) <= carried.inputTokens &&
      (cost.outputTokens ?? 0) <= carried.outputTokens
    );
  }

  #read(target: Target): Carried {
    const carried = { requests: noQuota, tokens: noQuota, inputTokens: noQuota, outputTokens: noQuota };
    for (const { key, unit } of target.quotas.filter(isMinute)) {
      const limit = this.limits.get(key);
      carried[unit] = Math.min(carried[unit], isOpen(limit) ? largestOf(limit) : -1);
    }
    this.#known.set(target, carried);
    return carried;
  }
}

const noQuota = Number.POSITIVE_INFINITY;

function isOpen(limit: Limit | undefined): limit is Limit {
  return limit !== undefined && limit.value !== 0;
}
