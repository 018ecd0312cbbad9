import type { Limit, Limits } from "../budget/limits.ts";
import { type Cost, units } from "../budget/quota.ts";
import type { Candidate, Target } from "../budget/target.ts";
import { isMinute, largestOf } from "./eligibility.ts";

/** The largest cost that a target's quotas ever carry, by unit; Infinity where it has no quota. */
type Carried = Readonly<Required<Cost>>;

/** Targets that are asked for together, and what every one of them carries. */
interface Asked {
  readonly targets: readonly Target[];
  readonly least: Carried;
}

/** What each target carries at most, by the limits as they are; worked out once, because every candidate of every call is asked. */
export class CarriedCosts {
  readonly limits: Limits;
  #known = new WeakMap<Target, Carried>();
  /** By the first of them. Calls of one model ask for the same targets in the same order. */
  #lists = new WeakMap<Target, Asked>();

  constructor(limits: Limits) {
    this.limits = limits;
    limits.onChange(() => {
      this.#known = new WeakMap();
      this.#lists = new WeakMap();
    });
  }

  /** Whether the targets of some candidates ever carry their costs; never one that is no number. */
  carryAll(candidates: readonly Candidate[]): boolean {
    const [first] = candidates;
    if (first === undefined) return true;
    const known = this.#lists.get(first.target);
    if (known !== undefined && doAllCarry(candidates, known)) return true;
    // Some may carry what not all do.
    if (known !== undefined && isSameList(candidates, known)) return this.#carryEach(candidates);
    const targets = candidates.map(({ target }) => target);
    this.#lists.set(first.target, { targets, least: leastOf(targets.map((target) => this.#carriedBy(target))) });
    return this.#carryEach(candidates);
  }

  #carryEach(candidates: readonly Candidate[]): boolean {
    return candidates.every(({ target, cost }) => carries(this.#carriedBy(target), cost));
  }

  #carriedBy(target: Target): Carried {
    return this.#known.get(target) ?? this.#read(target);
  }

  #read(target: Target): Carried {
    const carried = { ...everything };
    for (const { key, unit } of target.quotas.filter(isMinute)) {
      const limit = this.limits.get(key);
      carried[unit] = Math.min(carried[unit], isOpen(limit) ? largestOf(limit) : -1);
    }
    this.#known.set(target, carried);
    return carried;
  }
}

const noQuota = Number.POSITIVE_INFINITY;

const everything: Carried = { requests: noQuota, tokens: noQuota, inputTokens: noQuota, outputTokens: noQuota };

function carries(carried: Carried, { tokens = 0, requests = 0, inputTokens = 0, outputTokens = 0 }: Cost): boolean {
  return (
    tokens <= carried.tokens &&
    requests <= carried.requests &&
    inputTokens <= carried.inputTokens &&
    outputTokens <= carried.outputTokens
  );
}

/** Whether they are those targets, and each cost is one that every one of them carries. */
function doAllCarry(candidates: readonly Candidate[], { targets, least }: Asked): boolean {
  if (candidates.length !== targets.length) return false;
  let asked: Cost | undefined;
  // Counting is quicker here than `for of`: this runs for every candidate of every call.
  for (let place = 0; place < targets.length; place += 1) {
    const candidate = candidates[place];
    if (candidate === undefined || candidate.target !== targets[place]) return false;
    // Most targets of a model are asked for one and the same cost.
    if (candidate.cost !== asked && !carries(least, candidate.cost)) return false;
    asked = candidate.cost;
  }
  return true;
}

function isSameList(candidates: readonly Candidate[], { targets }: Asked): boolean {
  return candidates.length === targets.length && candidates.every(({ target }, place) => target === targets[place]);
}

function leastOf(all: readonly Carried[]): Carried {
  const least = { ...everything };
  for (const carried of all) for (const unit of units) least[unit] = Math.min(least[unit], carried[unit]);
  return least;
}

function isOpen(limit: Limit | undefined): limit is Limit {
  return limit !== undefined && limit.value !== 0;
}
