import type { Block, HealthChange } from "@shardrock/core";

/** What a cooldown is about, which says what brings it on and what ends it. */
export const cooldownKinds = [
  "account",
  "unreachable",
  "not-ready",
  "denied",
  "day",
  "pause",
  "capacity",
  "ejection",
  "region-ejection",
] as const;

export type CooldownKind = (typeof cooldownKinds)[number];

/** First wait after a failure, and the longest it doubles to, in ms. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** One scope that failed, from its failure until it is trusted again. Times are on the clock's `monotonicMs`. */
export interface Cooldown {
  readonly kind: CooldownKind;
  readonly scope: string;
  readonly reason: string;
  /** A call there would only be likely to fail. */
  readonly isSoft: boolean;
  readonly backoff: Backoff;
  /** Cooldowns in a row, from 1 up. */
  readonly failures: number;
  /** Since when it is out, over all failures in a row. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** The call that tries it now. */
  readonly probe: Probe | undefined;
  /** Undefined: no call was served there yet. */
  readonly recovery: Recovery | undefined;
}

interface Probe {
  readonly callId: number;
  /** From then on another call may try. */
  readonly untilMs: number;
}

interface Recovery {
  readonly sinceMs: number;
  readonly rampMs: number;
}

/** Longest a probe is waited for, in ms; one that ends sooner says so. */
export const probeMs = 120_000;

/** When those who wait for a probe look again, in ms; they are woken when it ends. */
const probeLookMs = 1_000;

/** Longest slow start, in ms. */
const longestRampMs = 30_000;

/** The share of calls a scope gets at once after its probe was served. */
const firstShare = 0.1;

export type Failure = Pick<Cooldown, "kind" | "scope" | "reason" | "isSoft" | "backoff"> & {
  /** When the attempt that failed began. */
  readonly startedMs: number;
  /** What AWS asked to wait, in ms. */
  readonly retryAfterMs?: number | undefined;
};

/**
 * A scope has failed: it is left alone for a wait that doubles with each failure in a row, or as long as AWS asked if that
 * is longer. Calls that began before it was out, or before it was tried, tell nothing new but a longer wait.
 */
export function cooled(before: Cooldown | undefined, failure: Failure, nowMs: number): Cooldown {
  const { retryAfterMs = 0, startedMs, kind, scope, reason, isSoft, backoff } = failure;
  const last = before !== undefined && !isOver(before, nowMs) ? before : undefined;
  if (last !== undefined && isCooling(last, nowMs)) {
    return nowMs + retryAfterMs > last.untilMs ? { ...last, untilMs: nowMs + retryAfterMs } : last;
  }
  const isHung = before !== undefined && startedMs < (before.recovery?.sinceMs ?? before.untilMs);
  if (isHung && failure.kind !== "pause") return before;
  const failures = (last?.failures ?? 0) + 1;
  const waitMs = Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.longestMs);
  const untilMs = nowMs + Math.max(waitMs, retryAfterMs);
  const what = { kind, scope, reason, isSoft, backoff };
  return { ...what, failures, sinceMs: last?.sinceMs ?? nowMs, untilMs, probe: undefined, recovery: undefined };
}

/** Why a call may not use the scope now; undefined when it may. @param callId - undefined: nobody yet. */
export function blockOf(cooldown: Cooldown, callId: number | undefined, nowMs: number): Block | undefined {
  const { scope, reason, isSoft, probe, recovery, untilMs } = cooldown;
  if (isCooling(cooldown, nowMs)) return { scope, reason, isSoft, untilMs };
  if (recovery !== undefined) {
    const turnMs = callId === undefined ? 0 : joinsAtMs(recovery, callId);
    return turnMs <= nowMs ? undefined : { scope, reason: `${reason}; it recovers`, isSoft: true, untilMs: turnMs };
  }
  if (probe === undefined || probe.callId === callId || probe.untilMs <= nowMs) return undefined;
  // Nobody knows when the probe ends, and who could wait for it must not be refused: they look again soon.
  const againMs = Math.min(probe.untilMs, nowMs + probeLookMs);
  return { scope, reason: `${reason}; one call tries it`, isSoft, untilMs: againMs };
}

/** Why a call may not use a scope that waits to be tried: a call of another process may be the one that does. */
export function untriedOf({ scope, reason, isSoft }: Cooldown, nowMs: number): Block {
  return { scope, reason: `${reason}; one call tries it`, isSoft, untilMs: nowMs + probeLookMs };
}

/** What another process has told, as far as it matters here. */
export interface Told {
  readonly state: HealthChange["state"];
  /** What is left of it, in ms. */
  readonly forMs: number;
  readonly failures: number;
}

/** What becomes of a scope by what another process has told. */
export function heard(
  before: Cooldown | undefined,
  failure: Pick<Cooldown, "kind" | "scope" | "reason" | "isSoft" | "backoff">,
  { told: { state, forMs, failures }, nowMs }: { readonly told: Told; readonly nowMs: number },
): Cooldown | undefined {
  switch (state) {
    case "blocked": {
      const last = before !== undefined && !isOver(before, nowMs) ? before : undefined;
      return {
        ...failure,
        failures: Math.max(failures, last?.failures ?? 1),
        sinceMs: last?.sinceMs ?? nowMs,
        untilMs: Math.max(nowMs + forMs, last !== undefined && isCooling(last, nowMs) ? last.untilMs : 0),
        probe: undefined,
        recovery: undefined,
      };
    }
    case "recovering": {
      if (before?.recovery !== undefined) return before;
      const recovery = { sinceMs: nowMs, rampMs: forMs };
      return before && { ...before, untilMs: Math.min(before.untilMs, nowMs), probe: undefined, recovery };
    }
    case "probing":
    case "unproved":
      return before;
    default:
      return state satisfies never;
  }
}

/** Whether the next call there is the one that tries it. */
export function awaitsProbe(cooldown: Cooldown, nowMs: number): boolean {
  const { kind, probe, recovery } = cooldown;
  if (kind === "pause" || recovery !== undefined || isCooling(cooldown, nowMs)) return false;
  return probe === undefined || probe.untilMs <= nowMs;
}

/** A call tries it. */
export function probed(cooldown: Cooldown, callId: number, nowMs: number): Cooldown {
  return { ...cooldown, probe: { callId, untilMs: nowMs + probeMs } };
}

/** Its probe told nothing: the next call tries. */
export function unproved(cooldown: Cooldown): Cooldown {
  return { ...cooldown, probe: undefined };
}

/** Its probe was served: the share of calls that may follow grows for as long as it was out, 30 s at most. */
export function recovered(cooldown: Cooldown, nowMs: number): Cooldown {
  const rampMs = Math.min(longestRampMs, nowMs - cooldown.sinceMs);
  return { ...cooldown, probe: undefined, recovery: { sinceMs: nowMs, rampMs } };
}

/** Whether nothing of it is left to mind. */
export function isOver(cooldown: Cooldown, nowMs: number): boolean {
  const { kind, recovery } = cooldown;
  if (recovery !== undefined) return recovery.sinceMs + recovery.rampMs <= nowMs;
  return kind === "pause" && !isCooling(cooldown, nowMs);
}

/** Longest that a call may hang from before a recovery, by the timeouts' default, in ms. */
const longestCallMs = 900_000;

/** Whether no call from before it can end any more. */
export function isForgotten(cooldown: Cooldown, nowMs: number): boolean {
  const { recovery, untilMs } = cooldown;
  return isOver(cooldown, nowMs) && (recovery?.sinceMs ?? untilMs) + longestCallMs <= nowMs;
}

/** Whether its wait is not over. */
export function isCooling({ untilMs }: Cooldown, nowMs: number): boolean {
  return untilMs > nowMs;
}

/** When a call may join a recovery: each has its place from 0 to 1, spread evenly, and the share that may grows. */
function joinsAtMs({ sinceMs, rampMs }: Recovery, callId: number): number {
  const place = (callId * goldenRatio) % 1;
  return sinceMs + rampMs * Math.max(0, (place - firstShare) / (1 - firstShare));
}

/** Multiples of it, less their whole part, are spread as evenly as can be. Source: Knuth, TAOCP 3, 6.4. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
