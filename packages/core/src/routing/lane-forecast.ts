import { LRUCache } from "lru-cache";
import type { Limits } from "../budget/limits.ts";
import type { Candidate } from "../budget/target.ts";
import { isMinute } from "./eligibility.ts";

/** How fast a new reading replaces the old ones. */
const smoothing = 0.02;

/** Lanes whose habits are remembered while nobody waits in them. */
const rememberedLanes = 1_000;

/** Learns the share of a hold that a lane's calls turn out to take. */
export class LaneForecast {
  #settledShare = 1;

  /** 0 up; 1 until calls have ended. */
  get settledShare(): number {
    return this.#settledShare;
  }

  /** A call ended: `share` is what it took of its hold, 0 up. */
  observe(share: number): void {
    this.#settledShare += smoothing * (Math.min(share, 4) - this.#settledShare);
  }
}

/** What was learnt of each lane; the one unused for longest is forgotten first. */
export class LaneForecasts {
  readonly #byLane = new LRUCache<string, LaneForecast>({ max: rememberedLanes });

  of(lane: string): LaneForecast {
    const known = this.#byLane.get(lane);
    if (known !== undefined) return known;
    const forecast = new LaneForecast();
    this.#byLane.set(lane, forecast);
    return forecast;
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
