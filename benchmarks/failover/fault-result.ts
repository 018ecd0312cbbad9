import { Histogram } from "../ceiling/histogram.ts";
import { type AttemptRecord, type CallRecord, type RunRecord } from "./record.ts";
import { timeline } from "./fault.ts";

/** What a run showed, from the moment the account dies. Shares run 0 to 1. */
export interface FaultResult {
  /** Calls that came. */
  readonly calls: number;
  /** Calls whose caller got what AWS did, or never anything. */
  readonly failed: number;
  /** Calls refused because nowhere had room in time; of round-robin, throttled to the end. */
  readonly refused: number;
  /** Calls of which an attempt met the fault, and how much later than usual those were answered that were. */
  readonly hit: Waits;
  /** The same of all other calls, until the account has its share again. */
  readonly others: Waits;
  /** Until calls avoid the account, in ms from its death; the length of the fault where they never did. */
  readonly avoidedMs: number;
  /** Share of the attempts at the account that a quota refused, in the minute after it has taken its first call again. */
  readonly throttled: number;
  /** Until it has its share of calls again, in ms from when it could; Infinity where it never had. */
  readonly shareMs: number;
}

/** NaN where none was answered. */
export interface Waits {
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/** How many attempts within a second are traffic: a call that tries each of two targets is not. */
const trafficPerSecond = 3;

/** Its share of calls is this much of what the other accounts have each, over ten seconds. */
const shareEnough = 0.9;
const shareOverMs = 10_000;
const accounts = 4;

const minuteMs = 60_000;

/** @param endMs - when the last call came. */
export function faultResultOf({ calls, attempts }: RunRecord, endMs: number): FaultResult {
  const { diesAtMs, healsAtMs } = timeline;
  const since = calls.filter(({ atMs }) => atMs >= diesAtMs);
  const there = attempts.filter(({ isThere }) => isThere);
  const back = there.find(({ atMs, isThrottled }) => atMs >= healsAtMs && !isThrottled);
  const hits = there.filter(({ atMs }) => atMs >= diesAtMs && atMs < healsAtMs);
  const afterMs = back?.atMs ?? Number.NaN;
  const shareMs = shareAgainMs(attempts, endMs);
  const untilMs = healsAtMs + shareMs;
  return {
    calls: since.length,
    failed: since.filter(({ failure, answeredAtMs }) => failure !== "no room" && answeredAtMs === undefined).length,
    refused: since.filter(({ failure }) => failure === "no room").length,
    hit: waitsOf(since.filter(({ isHit }) => isHit)),
    others: waitsOf(since.filter(({ isHit, atMs }) => !isHit && atMs < untilMs)),
    avoidedMs: avoidedAfterMs(hits),
    throttled: throttledShare(within(there, afterMs)),
    shareMs,
  };
}

function waitsOf(calls: readonly CallRecord[]): Waits {
  const waits = new Histogram();
  const answered = calls.filter(({ answeredAtMs }) => answeredAtMs !== undefined);
  if (answered.length === 0)
    return { calls: calls.length, p50Ms: Number.NaN, p99Ms: Number.NaN, longestMs: Number.NaN };
  for (const { atMs, usualMs, answeredAtMs = 0 } of answered) waits.add(Math.max(0, answeredAtMs - atMs - usualMs));
  const [p50Ms, p99Ms] = [waits.quantile(0.5), waits.quantile(0.99)];
  return { calls: calls.length, p50Ms, p99Ms, longestMs: waits.largest };
}

/** The last moment at which the account still got traffic. */
function avoidedAfterMs(hits: readonly AttemptRecord[]): number {
  const last = hits.findLast(({ atMs }, place) => {
    const first = hits[place + 1 - trafficPerSecond];
    return first !== undefined && atMs - first.atMs < 1_000;
  });
  return last === undefined ? 0 : last.atMs - timeline.diesAtMs;
}

/** The first ten seconds in which it had its share. */
function shareAgainMs(attempts: readonly AttemptRecord[], endMs: number): number {
  const { healsAtMs } = timeline;
  for (let fromMs = healsAtMs; fromMs + shareOverMs <= endMs; fromMs += 1_000) {
    const taken = within(attempts, fromMs, shareOverMs).filter(({ isThrottled }) => !isThrottled);
    const ofIt = taken.filter(({ isThere }) => isThere).length;
    if (ofIt > 0 && ofIt >= (shareEnough * taken.length) / accounts) return fromMs - healsAtMs;
  }
  return Number.POSITIVE_INFINITY;
}

function within(attempts: readonly AttemptRecord[], fromMs: number, forMs: number = minuteMs): AttemptRecord[] {
  return attempts.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + forMs);
}

function throttledShare(attempts: readonly AttemptRecord[]): number {
  return attempts.length === 0 ? 0 : attempts.filter(({ isThrottled }) => isThrottled).length / attempts.length;
}
