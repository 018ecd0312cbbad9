import type { Limits } from "../budget/limits.ts";
import type { Candidate } from "../budget/target.ts";
import { isMinute } from "./eligibility.ts";

/** How fast a new reading replaces the old ones. */
const smoothing = 0.02;

/**
 * Forecasts a lane's waiting time: the work ahead in ms of all its quotas together, times the share of a hold that
 * calls turn out to take.
 */
export class LaneForecast {
  readonly #workMs = new Map<number, number>();
  #settledShare = 1;

  /** Work joined the lane. */
  add(priority: number, workMs: number): void {
    this.#workMs.set(priority, (this.#workMs.get(priority) ?? 0) + workMs);
  }

  /** Work left the lane, started or not. */
  remove(priority: number, workMs: number): void {
    const left = (this.#workMs.get(priority) ?? 0) - workMs;
    if (left > 1e-9) this.#workMs.set(priority, left);
    else this.#workMs.delete(priority);
  }

  /** A call ended: `share` is what it took of its hold, 0 up. */
  observe(share: number): void {
    this.#settledShare += smoothing * (Math.min(share, 4) - this.#settledShare);
  }

  /** Milliseconds until everything of this priority or higher has started. */
  waitMs(priority: number): number {
    let workMs = 0;
    for (const [other, work] of this.#workMs) if (other >= priority) workMs += work;
    return workMs * this.#settledShare;
  }
}

/** Milliseconds that all targets of the candidates, working together, need for one such call. */
export function workMs(candidates: readonly Candidate[], limits: Limits): number {
  const seen = new Set<string>();
  let callsPerMs = 0;
  for (const { target, cost } of candidates) {
    const quotas = target.quotas.filter(isMinute);
    if (quotas.every(({ key }) => seen.has(key))) continue;
    let ownPerMs = Number.POSITIVE_INFINITY;
    for (const { key, unit, windowMs } of quotas) {
      seen.add(key);
      const perMs = (limits.get(key)?.value ?? 0) / windowMs;
      ownPerMs = Math.min(ownPerMs, perMs / (cost[unit] ?? 0));
    }
    callsPerMs += ownPerMs;
  }
  return callsPerMs > 0 ? 1 / callsPerMs : 0;
}
