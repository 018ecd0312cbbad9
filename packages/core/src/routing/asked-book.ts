import type { Ledger } from "../budget/ledger.ts";
import { type Cost, type Unit, units } from "../budget/quota.ts";
import type { Candidate, Target } from "../budget/target.ts";
import { isMinute, minuteKeys } from "./eligibility.ts";

/** What choosing wants to know of a book. */
export type Starts = Pick<Ledger, "startsInMs" | "startsOfAll">;

/** A refusal holds for no longer, in ms, whatever it said: quotas may be raised meanwhile. */
const longestHoldMs = 10_000;

/** Later than all that was asked for, in ms: about a window. */
const farMs = 60_000;

/** What did not fit at a target, and until when nothing as large is asked for there. */
interface Refused {
  readonly cost: Cost;
  /** On `monotonicMs`. */
  readonly untilMs: number;
}

/**
 * A book whose quotes may be stale, as those who wait should see it: what others here have asked for and nobody has answered
 * yet is taken for booked, and what was refused is not asked for again before the time that was told.
 */
export class AskedBook implements Starts {
  readonly #ledger: Starts;
  /** Units by quota. */
  readonly #asked = new Map<string, number>();
  /** How many ask for a quota alone. */
  readonly #alone = new Map<string, number>();
  #refused = new WeakMap<Target, Refused>();

  constructor(ledger: Starts) {
    this.#ledger = ledger;
  }

  startsInMs(candidate: Candidate, nowMs: number): number {
    const startsInMs = this.#startsBesidesMs(candidate, nowMs);
    const refused = this.#refused.get(candidate.target);
    if (refused === undefined || refused.untilMs <= nowMs || !isAsLarge(candidate.cost, refused.cost))
      return startsInMs;
    return Math.max(startsInMs, refused.untilMs - nowMs);
  }

  /**
   * Somebody asks for one of these, most likely for the first: others may not count on that room.
   * @param isAlone - true: nobody else may ask for any of them before the answer, however much room there seems to be.
   */
  begins(candidates: readonly Candidate[], isAlone: boolean): void {
    this.#count(candidates, isAlone, 1);
  }

  /** The answer is there, whatever it is. */
  ends(candidates: readonly Candidate[], isAlone: boolean): void {
    this.#count(candidates, isAlone, -1);
  }

  /** None of these fits before. @param retryAfterMs - above 0. */
  refuses(candidates: readonly Candidate[], retryAfterMs: number, nowMs: number): void {
    const untilMs = nowMs + Math.min(longestHoldMs, Math.max(1, retryAfterMs));
    for (const { target, cost } of candidates) {
      const before = this.#refused.get(target);
      const isCovered = before !== undefined && before.untilMs > nowMs && isAsLarge(cost, before.cost);
      this.#refused.set(
        target,
        isCovered ? { ...before, untilMs: Math.max(before.untilMs, untilMs) } : { cost, untilMs },
      );
    }
  }

  /** Capacity came back earlier than was told. */
  forgetRefusals(): void {
    this.#refused = new WeakMap();
  }

  #startsBesidesMs(candidate: Candidate, nowMs: number): number {
    const all = this.#besidesAsked(candidate);
    const isTaken = this.#isTaken(candidate.target);
    if (all === candidate && !isTaken) return this.#ledger.startsInMs(candidate, nowMs);
    const besidesMs = isTaken ? Number.POSITIVE_INFINITY : this.#ledger.startsInMs(all, nowMs);
    if (besidesMs < Number.POSITIVE_INFINITY) return besidesMs;
    // Together they may be more than the quota ever carries; one after the other they are not.
    return Math.max(farMs, this.#ledger.startsInMs(candidate, nowMs));
  }

  #besidesAsked(candidate: Candidate): Candidate {
    if (this.#asked.size === 0) return candidate;
    const { target, cost } = candidate;
    const sum: Partial<Record<Unit, number>> = { ...cost };
    let isChanged = false;
    for (const { key, unit } of target.quotas) {
      const asked = this.#asked.get(key) ?? 0;
      if (asked === 0 || (cost[unit] ?? 0) === 0) continue;
      sum[unit] = Math.max(sum[unit] ?? 0, (cost[unit] ?? 0) + asked);
      isChanged = true;
    }
    return isChanged ? { target, cost: sum } : candidate;
  }

  #isTaken({ quotas }: Target): boolean {
    return this.#alone.size > 0 && quotas.some(({ key }) => this.#alone.has(key));
  }

  #count(candidates: readonly Candidate[], isAlone: boolean, sign: 1 | -1): void {
    const [first] = candidates;
    for (const { key, unit } of first?.target.quotas.filter(isMinute) ?? []) {
      add(this.#asked, key, sign * (first?.cost[unit] ?? 0));
    }
    if (!isAlone) return;
    for (const { target } of candidates) for (const key of minuteKeys(target)) add(this.#alone, key, sign);
  }
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  const sum = (sums.get(key) ?? 0) + amount;
  if (sum > 0) sums.set(key, sum);
  else sums.delete(key);
}

/** Whether a cost takes at least as much of everything. */
function isAsLarge(cost: Cost, other: Cost): boolean {
  return units.every((unit) => (cost[unit] ?? 0) >= (other[unit] ?? 0));
}
