import type { Limits } from "../budget/limits.ts";
import type { Candidate } from "../budget/target.ts";
import { NoEligibleTargetError, RequestTooLargeError } from "../errors.ts";
import type { CallRequest } from "./call.ts";
import type { CarriedCosts } from "./carried-costs.ts";
import { hardRefusal, type HardRules, mayAllTake, shortfall } from "./eligibility.ts";

/**
 * The candidates that may take a call, and can: no hard rule forbids it, and every limit is at least its cost.
 * @throws {NoEligibleTargetError} when hard rules leave none.
 * @throws {RequestTooLargeError} when no quota can ever carry it.
 */
export function carriersOf(request: CallRequest, rules: HardRules, carried: CarriedCosts): readonly Candidate[] {
  const { candidates } = request;
  // Mostly all of them may; why one may not is looked for only then.
  if (candidates.length > 0 && mayAllTake(candidates, rules) && carried.carryAll(candidates)) return candidates;
  const { limits } = carried;
  return carriers(allowed(request, rules, limits), limits);
}

function allowed(request: CallRequest, rules: HardRules, limits: Limits): readonly Candidate[] {
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
  const usual =
    unit === "requests" ? "raise the quota's share of this process" : "lower max_tokens or shorten the prompt";
  const remedy = shortfalls.some(({ isCapped }) => isCapped)
    ? `${usual}, or raise the share one account may take`
    : usual;
  const message = `the call takes ${needed} ${unit}, more than the largest quota it may use ever carries (${largest}): ${remedy}`;
  throw new RequestTooLargeError(message, least);
}
