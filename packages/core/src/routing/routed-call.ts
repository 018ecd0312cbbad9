import type { Limits } from "../budget/limits.ts";
import type { Cost } from "../budget/quota.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { NoEligibleTargetError, RequestTooLargeError } from "../errors.ts";
import type { CallRequest } from "./call.ts";
import { hardRefusal, type HardRules, shortfall } from "./eligibility.ts";
import { type Health, sayBlock } from "./health.ts";
import type { Ticket } from "./ticket.ts";

export interface RoutedCallOptions {
  readonly request: CallRequest;
  readonly id: number;
  readonly rules: HardRules;
  readonly clock: Clock;
  readonly health: Health;
  readonly limits: Limits;
  readonly maxWaitMs: number;
}

/** One call on its way: where it may still go, and what it has been through. */
export class RoutedCall implements Ticket {
  readonly id: string;
  readonly number: number;
  readonly lane: string;
  readonly priority: number;
  readonly arrival: number;
  readonly deadlineMs: number;
  readonly bytes: number;
  readonly signal: AbortSignal | undefined;
  attempts = 0;
  waitedMs = 0;
  /** Where the last attempt was made. */
  lastTarget: Target | undefined;
  readonly #options: RoutedCallOptions;
  #candidates: readonly Candidate[];

  /**
   * @throws {NoEligibleTargetError} when hard rules leave no candidate.
   * @throws {RequestTooLargeError} when no quota can ever carry the call.
   */
  constructor(options: RoutedCallOptions) {
    const { request, id, rules } = options;
    this.#options = options;
    this.id = String(id);
    this.number = id;
    this.arrival = id;
    this.lane = laneOf(request, rules);
    this.priority = request.priority ?? 0;
    this.deadlineMs = options.clock.monotonicMs() + (request.maxWaitMs ?? options.maxWaitMs);
    this.bytes = request.bytes ?? 0;
    this.signal = request.signal;
    this.#candidates = carriers(allowed(options), options.limits);
  }

  eligible(): readonly Candidate[] {
    const free = this.#candidates.filter(({ target }) => this.#options.health.blocked(target) === undefined);
    return free.length === this.#candidates.length ? this.#candidates : free;
  }

  unblocksInMs(): number {
    const { health, clock } = this.#options;
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const { target } of this.#candidates) {
      soonestMs = Math.min(soonestMs, health.blocked(target)?.untilMs ?? Number.POSITIVE_INFINITY);
    }
    return soonestMs - clock.monotonicMs();
  }

  /** Never tries this target again. */
  exclude(target: Target): void {
    this.#candidates = this.#candidates.filter((candidate) => candidate.target !== target);
  }

  /** What the call holds at a target. */
  costAt(target: Target): Cost {
    return this.#options.request.candidates.find((candidate) => candidate.target === target)?.cost ?? {};
  }

  noneLeft(): NoEligibleTargetError {
    const { health, clock, limits, rules, request } = this.#options;
    const reasons = request.candidates.map(({ target }) => {
      const block = health.blocked(target);
      const blocked = block && sayBlock(block, clock.monotonicMs());
      return `${target.id}: ${hardRefusal(target, rules, limits) ?? blocked ?? "was tried and failed"}`;
    });
    return new NoEligibleTargetError(`no target of ${request.pool} can be used now:\n${reasons.join("\n")}`, reasons);
  }
}

/** Calls for one model under one set of rules wait in one lane. */
function laneOf({ pool, lane = "" }: CallRequest, { allowedRegions, pin }: HardRules): string {
  const pinned = pin === undefined ? "" : `${pin.accountId}/${pin.region ?? ""}`;
  return `${pool}|${lane}|${allowedRegions?.toSorted().join(",") ?? ""}|${pinned}`;
}

function allowed({ request, rules, limits }: RoutedCallOptions): readonly Candidate[] {
  const reasons: string[] = [];
  const left = request.candidates.filter(({ target }) => {
    const reason = hardRefusal(target, rules, limits);
    if (reason !== undefined) reasons.push(`${target.id}: ${reason}`);
    return reason === undefined;
  });
  if (left.length > 0) return left.length === request.candidates.length ? request.candidates : left;
  throw new NoEligibleTargetError(`no target of ${request.pool} may take this call:\n${reasons.join("\n")}`, reasons);
}

/** The candidates whose every limit is at least the call's cost. */
function carriers(candidates: readonly Candidate[], limits: Limits): readonly Candidate[] {
  const left = candidates.filter((candidate) => shortfall(candidate, limits) === undefined);
  if (left.length > 0) return left.length === candidates.length ? candidates : left;
  const shortfalls = candidates.flatMap((candidate) => shortfall(candidate, limits) ?? []);
  const least = shortfalls.reduce((best, other) => (other.largest > best.largest ? other : best));
  const { needed, largest, unit } = least;
  const remedy =
    unit === "requests" ? "raise the quota's share of this process" : "lower max_tokens or shorten the prompt";
  const message = `the call takes ${needed} ${unit}, more than the largest quota it may use ever carries (${largest}): ${remedy}`;
  throw new RequestTooLargeError(message, least);
}
