import { classify, type Verdict } from "@shardrock/core";
import { processedAnswers, unprocessedAnswers } from "./fault-kinds.ts";
import type { Subject } from "./subject.ts";
import type { AttemptTruth, Trace } from "./world.ts";

type Kind = Verdict["kind"] | "refused-by-shared-capacity";

/** Another attempt of its call answered first: whatever comes after is no retry of it. */
export function wasOutrun({ wasStopped, verdict }: AttemptTruth): boolean {
  return wasStopped && (verdict === "outrun" || verdict === "aborted");
}

/** It hung, and was broken off to be made again; AWS may have processed it. */
export function wasBrokenOff({ wasStopped, verdict }: AttemptTruth): boolean {
  return wasStopped && verdict === "ambiguous";
}

/** It hung before anything was sent, say for credentials, and was broken off: nobody there has refused it yet. */
export function wasBrokenOffUnsent(attempt: AttemptTruth): boolean {
  return attempt.wasStopped && !attempt.wasSent && !wasOutrun(attempt);
}

/** What an attempt that failed should be taken for, by what befell it; only where that says nothing, by the router. */
export function kindOf(attempt: AttemptTruth): Kind | undefined {
  if (wasBrokenOff(attempt)) return "ambiguous";
  if (wasBrokenOffUnsent(attempt)) return "unreachable";
  return attempt.wasThrottled ? "throttled" : (verdictOf(attempt.fault) ?? attempt.verdict);
}

/** What a fault should be taken for; undefined: it need not fail anything. */
export function verdictOf(fault: AttemptTruth["fault"]): Kind | undefined {
  if (fault === undefined) return undefined;
  if (fault === "role-denied" || fault === "sts-down" || fault === "sts-hangs") return "account-failed";
  if (fault === "stream-cut-early" || fault === "black-hole") return "ambiguous";
  const answer = unprocessedAnswers[fault] ?? processedAnswers[fault];
  if (answer === undefined) return undefined;
  const { status, name, message, code, syscall } = answer;
  const verdict = classify({ name, message, code, syscall, $metadata: { httpStatusCode: status } });
  return verdict.kind === "overloaded" && verdict.isRefusal ? "refused-by-shared-capacity" : verdict.kind;
}

/** What one call's retries broke. */
export function retriesOf(
  attempts: readonly AttemptTruth[],
  { movesOnAfter, repeatsAfter, comesBackOnceAfter, ambiguousRetries }: Subject,
): string[] {
  const found: string[] = [];
  let doubtful = 0;
  for (const { attempt, later } of retried(attempts)) {
    const { fault, target } = attempt;
    const kind = kindOf(attempt);
    const what = attempt.wasStopped ? `${fault}, broken off` : fault;
    if (kind === "ambiguous") doubtful += 1;
    if (kind !== undefined && !movesOnAfter.has(kind)) found.push(`I4: tried again after ${what}, which is ${kind}`);
    const again = later.some((each) => each.target.id === target.id);
    if (again && !repeatsAfter.has(kind ?? "")) found.push(`I4: tried ${target.id} again after ${what}`);
    if (again && comesBackOnceAfter.has(kind ?? "") && failedAlike(attempt, attempts) > 1)
      found.push(`I4: came back to ${target.id} more than once after ${what}`);
  }
  if (doubtful > ambiguousRetries) found.push(`I4: ${doubtful} retries of what may have been processed`);
  return found;
}

/** How fast calls and retries fade in the budget, in ms. */
const fadeMs = 10_000;
/** What is left of old retries may be forgotten. */
const rounding = 0.05;

/** At every retry of what AWS may have worked on: retries weigh no more than the share of the calls, and the floor. */
export function withinRetryBudget({ calls }: Trace, { retryBudget }: Subject): string[] {
  if (retryBudget === undefined) return [];
  const came = calls.map(({ atMs }) => atMs);
  const retries = calls.flatMap(({ attempts }) => doubtfulRetriesMs(attempts));
  for (const nowMs of retries) {
    const weight = weightOf(retries, nowMs);
    const most = retryBudget.share * weightOf(came, nowMs) + retryBudget.floor;
    if (weight <= most + rounding) continue;
    const [weighed, allowed] = [weight.toFixed(2), most.toFixed(2)];
    return [`I4: at ${nowMs} ms retries of what AWS may have worked on weigh ${weighed}, ${allowed} allowed`];
  }
  return [];
}

function weightOf(timesMs: readonly number[], nowMs: number): number {
  return timesMs.reduce((sum, atMs) => sum + (atMs > nowMs ? 0 : Math.exp((atMs - nowMs) / fadeMs)), 0);
}

/** When it was decided to make them again: of two attempts side by side when both had failed, or it was broken off. */
function doubtfulRetriesMs(attempts: readonly AttemptTruth[]): readonly number[] {
  return retried(attempts)
    .filter(({ attempt }) => isDoubtful(kindOf(attempt)))
    .map(({ attempt, later: [next] }) => {
      const { failedMs = 0 } = attempt;
      if (wasBrokenOff(attempt)) return failedMs;
      const before = attempts.filter(
        ({ failedOrder }) => (failedOrder ?? Number.POSITIVE_INFINITY) < (next?.order ?? 0),
      );
      return Math.max(...before.map((each) => each.failedMs ?? 0), failedMs);
    });
}

function isDoubtful(kind: Kind | undefined): boolean {
  return kind === "ambiguous" || kind === "overloaded";
}

/** Attempts at its target that had failed as it did when it did, itself among them. */
function failedAlike(attempt: AttemptTruth, attempts: readonly AttemptTruth[]): number {
  const { target, failedOrder = Number.POSITIVE_INFINITY } = attempt;
  const kind = kindOf(attempt);
  return attempts.filter(
    (each) =>
      each.target.id === target.id &&
      (each.failedOrder ?? Number.POSITIVE_INFINITY) <= failedOrder &&
      kindOf(each) === kind,
  ).length;
}

/** Attempts that came back and were followed by others. */
function retried(attempts: readonly AttemptTruth[]) {
  return attempts.flatMap((attempt) => {
    const { failedOrder = Number.POSITIVE_INFINITY } = attempt;
    const later = attempts.filter(({ order }) => order > failedOrder);
    return later.length === 0 || wasOutrun(attempt) ? [] : [{ attempt, later }];
  });
}
