import type { Target } from "../budget/target.ts";
import type { Failed } from "./attempts.ts";
import type { FailedAttempt, TriedTarget } from "./failover-policy.ts";
import type { BegunAttempt } from "./hedge.ts";
import type { RoutedCall } from "./routed-call.ts";
import type { RunningAttempt } from "./running-attempt.ts";

/** A call's attempt has failed: what the policy is asked. Another one beside it may have ended too. */
export function failedAttempt(call: RoutedCall, { running, verdict, error }: Failed): FailedAttempt {
  const { target } = running.start;
  const others = call.tried.filter((attempt) => attempt !== running);
  const tried = [...others.flatMap(triedBy), { target, verdict }];
  return { target, verdict, error, attempts: call.tried.length, tried, candidates: call.targets };
}

/** A call's attempt at a target is about to begin: what the policy is asked. */
export function begunAttempt(call: RoutedCall, target: Target): BegunAttempt {
  const { number: callId, tried, targets: candidates } = call;
  return { callId, attempt: tried.length + 1, operation: call.request.operation, target, candidates };
}

/** One that was broken off and has not ended yet is about to. */
function triedBy({ start: { target }, ending, isStopped }: RunningAttempt): readonly TriedTarget[] {
  if (ending === undefined) return isStopped ? [{ target, verdict: { kind: "ambiguous" } }] : [];
  return ending.verdict === undefined ? [] : [{ target, verdict: ending.verdict }];
}
