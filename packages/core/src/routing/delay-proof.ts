import type { Limits } from "../budget/limits.ts";
import { type Cost, units } from "../budget/quota.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Starts } from "./asked-book.ts";
import type { Claim } from "./claim.ts";
import { isMinute, minuteKeys } from "./eligibility.ts";

/** A quota that has learned to spend less than this share of its limit refills more slowly than is counted on here. */
const leastShare = 0.5;

export interface DelayProofOptions {
  readonly ledger: Starts;
  readonly limits: Limits;
}

/** Proves that a booking now would not make a claim miss its date. */
export class DelayProof {
  readonly #options: DelayProofOptions;
  readonly #joint = new WeakMap<Target, WeakMap<Target, Target>>();

  constructor(options: DelayProofOptions) {
    this.#options = options;
  }

  /**
   * True only when it is sure. What is booked pushes the arrival time back by what it takes to refill, and stays in the
   * window: the first is added to the claim's own start, the second is seen by asking for both costs at once.
   */
  isHarmless({ target, cost }: Candidate, claim: Claim, nowMs: number): boolean {
    const { ledger } = this.#options;
    const joint = this.#jointOf(claim.candidate.target, target);
    const leftMs = claim.dateMs - nowMs;
    const refillMs = this.#refillMs(joint, cost, claim.candidate.cost);
    if (refillMs > leftMs) return false;
    const own = ledger.startsInMs({ target: joint, cost: claim.candidate.cost }, nowMs);
    if (Math.max(own, 0) + refillMs > leftMs) return false;
    return ledger.startsInMs({ target: joint, cost: sum(cost, claim.candidate.cost) }, nowMs) <= leftMs;
  }

  /** Milliseconds the shared quotas need to refill a cost; Infinity where both costs are too large to tell. */
  #refillMs({ quotas }: Target, cost: Cost, claimed: Cost): number {
    let longestMs = 0;
    for (const { key, unit, windowMs } of quotas) {
      const needed = cost[unit] ?? 0;
      const surely = (this.#options.limits.get(key)?.value ?? 0) * leastShare;
      if (needed + (claimed[unit] ?? 0) > surely) return Number.POSITIVE_INFINITY;
      if (needed > 0) longestMs = Math.max(longestMs, (needed * windowMs) / surely);
    }
    return longestMs;
  }

  /** What two targets have in common, as a target of its own; made once. */
  #jointOf(one: Target, other: Target): Target {
    const byOther = this.#joint.get(one) ?? new WeakMap<Target, Target>();
    this.#joint.set(one, byOther);
    const known = byOther.get(other);
    if (known !== undefined) return known;
    const keys = new Set(minuteKeys(other));
    const quotas = one.quotas.filter((quota) => isMinute(quota) && keys.has(quota.key));
    const joint = quotas.length === minuteKeys(one).length ? one : { ...one, quotas };
    byOther.set(other, joint);
    return joint;
  }
}

function sum(one: Cost, other: Cost): Cost {
  return Object.fromEntries(units.map((unit) => [unit, (one[unit] ?? 0) + (other[unit] ?? 0)]));
}
