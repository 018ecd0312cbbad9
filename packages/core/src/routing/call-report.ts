import { type Cost, type Unit, units } from "../budget/quota.ts";
import type { Target } from "../budget/target.ts";
import { NoCapacityError, ShardrockError } from "../errors.ts";
import { errorNameOf } from "./error-name.ts";
import type { RoutedCall } from "./routed-call.ts";
import type {
  AskedFacts,
  AttemptEnd,
  CallEnd,
  DecisionReason,
  EndFacts,
  EventHead,
  PlaceFacts,
  RejectedCandidate,
} from "./router-event.ts";
import type { Verdict } from "./verdict.ts";
import type { AttemptStart, Ending, RunningAttempt } from "./running-attempt.ts";

/** Why an attempt goes where it goes. */
export interface Decision {
  readonly reason: DecisionReason;
  readonly rejected: readonly RejectedCandidate[];
}

/** What a caller was thrown. */
export interface Failure {
  readonly error: unknown;
}

export function decisionOf(
  call: RoutedCall,
  target: Target,
  { isAffine, isHedge }: Pick<AttemptStart, "isAffine" | "isHedge">,
): Decision {
  const rejected = call.rejected().filter(({ targetId }) => targetId !== target.id);
  const { candidates, pin } = call.request;
  if (isHedge) return { reason: "hedge", rejected };
  if (isAffine) return { reason: "same-key", rejected };
  if (pin !== undefined) return { reason: "pinned", rejected };
  return { reason: candidates.length - rejected.length === 1 ? "only-target" : "most-room", rejected };
}

/** The event of an attempt that has just ended. */
export function attemptEnd(call: RoutedCall, attempt: RunningAttempt, head: EventHead): AttemptEnd {
  const { start, ending, isCommitted } = attempt;
  return {
    kind: "attempt-end",
    ...head,
    ...asked(call),
    attempt: start.attempt,
    ...placeOf(start.target),
    decisionReason: start.decision?.reason,
    candidatesRejected: start.decision?.rejected,
    verdict: ending?.verdict,
    booking: ending?.booking ?? "kept",
    ...factsOf(ending),
    usageSource: usageSourceOf(ending),
    reserved: start.reserved,
    settled: chargeOf(attempt),
    possiblyBilled: isBilled(attempt),
    isCommitted,
    isAborted: isAborted(call, ending),
    isAffine: start.isAffine,
    errorCode: codeOf(ending?.error),
    waitedMs: start.waitedMs,
    totalMs: call.nowMs() - start.sinceMs,
  };
}

/**
 * The event of a call that has just ended.
 * @param failure - what the caller was thrown; undefined: it was served, and its last attempt tells how that ended.
 */
export function callEnd(call: RoutedCall, failure: Failure | undefined, head: EventHead): CallEnd {
  const { tried } = call;
  const last = lastOf(call);
  const outcome = outcomeOf(call, failure);
  const error = failure === undefined ? last?.ending?.error : failure.error;
  const facts = factsOf(last?.ending);
  return {
    kind: "call-end",
    ...head,
    ...asked(call),
    outcome,
    attempts: tried.length,
    ...(last && placeOf(last.start.target)),
    ...facts,
    errorName: outcome === "ok" ? undefined : (errorNameOf(error) ?? facts.errorName),
    retryAfterMs: error instanceof NoCapacityError ? error.retryAfterMs : facts.retryAfterMs,
    usageSource: usageSourceOf(last?.ending),
    reserved: sum(tried.map(({ start }) => start.reserved)),
    settled: sum(tried.map(chargeOf)),
    possiblyBilled: tried.some(isBilled),
    possiblyBilledTwice: tried.filter(isBilled).length > 1,
    isCommitted: last?.isCommitted ?? false,
    isAborted: outcome === "aborted",
    isAffine: last?.start.isAffine ?? false,
    errorCode: outcome === "interrupted" ? "stream-interrupted" : codeOf(error),
    waitedMs: call.waitedMs,
    totalMs: call.nowMs() - call.sinceMs,
  };
}

function asked({ number: callId, request, rules }: RoutedCall): AskedFacts {
  const { pool: requestedModel, operation, isStream = false, priority = 0 } = request;
  return { callId, requestedModel, operation, isStream, priority, allowedRegions: rules.allowedRegions };
}

function placeOf(target: Target): PlaceFacts {
  const { id: targetId, accountId, region, endpoint, modelId, profileType, destinationRegions } = target;
  return { targetId, accountId, region, endpoint, modelId, profileType, destinationRegions };
}

function factsOf(ending: Ending | undefined): Ending["facts"] {
  if (ending === undefined) return {};
  return { ...ending.facts, errorName: ending.facts.errorName ?? errorNameOf(ending.error) };
}

function usageSourceOf(ending: Ending | undefined): EndFacts["usageSource"] {
  if (ending === undefined) return "missing";
  const { usageSource, usage } = ending.facts;
  return usageSource ?? (usage === undefined && ending.actual === undefined ? "missing" : "reported");
}

/** The attempt that the caller hears of, or the last one. */
function lastOf({ decisive, tried }: RoutedCall): RunningAttempt | undefined {
  return decisive ?? tried.at(-1);
}

function outcomeOf(call: RoutedCall, failure: Failure | undefined): CallEnd["outcome"] {
  const last = lastOf(call);
  if (failure === undefined && last?.ending?.verdict === undefined) return "ok";
  if (isAborted(call, last?.ending)) return "aborted";
  if (failure === undefined || last?.isCommitted) return "interrupted";
  return isRefusal(failure.error) ? "refused" : "failed";
}

function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code === "no-capacity" || code === "request-too-large" || code === "no-eligible-target";
}

function isAborted(call: RoutedCall, ending: Ending | undefined): boolean {
  const hasFailed = ending === undefined || ending.verdict !== undefined;
  return hasFailed && (call.signal?.aborted === true || isBrokenOff(ending?.verdict));
}

function isBrokenOff(verdict: Verdict | undefined): boolean {
  return verdict?.kind === "aborted" || verdict?.kind === "outrun";
}

/** What the book charges. A throttled call's day quotas give back, its minute quotas do not. */
function chargeOf({ start, ending }: RunningAttempt): Cost {
  if (ending?.booking === "released") return {};
  return ending?.actual === undefined ? start.reserved : { ...start.reserved, ...ending.actual };
}

/** A refusal by a quota costs room, never money. */
function isBilled({ ending }: RunningAttempt): boolean {
  return ending?.booking === "settled" || ending?.booking === "kept";
}

function codeOf(error: unknown): EndFacts["errorCode"] {
  return error instanceof ShardrockError ? error.code : undefined;
}

function sum(costs: readonly Cost[]): Cost {
  const [first = {}, ...more] = costs;
  return more.reduce((total, cost) => add(total, cost), first);
}

function add(one: Cost, other: Cost): Cost {
  const total: Partial<Record<Unit, number>> = {};
  for (const unit of units) if (unit in one || unit in other) total[unit] = (one[unit] ?? 0) + (other[unit] ?? 0);
  return total;
}
