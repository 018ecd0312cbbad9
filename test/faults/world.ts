import {
  type AttemptCall,
  type Cost,
  type Quota,
  type Reservation,
  type RouterEvent,
  type Target,
  type Verdict,
  dayWindowMs,
} from "@shardrock/core";
import type { FaultKind } from "./fault-kinds.ts";
import type { Plan, PlannedCall, PlannedTarget } from "./plan.ts";

export const modelId = "us.anthropic.claude-chat";
/** Quota tokens that AWS takes for one output token. */
export const burndown = 5;

/** What really happened in one attempt, by AWS's own book. */
export interface AttemptTruth {
  readonly callId: number;
  readonly attempt: number;
  readonly target: Target;
  readonly running: AttemptCall;
  /** Aborts with its call, and when the router breaks it off. */
  readonly signal: AbortSignal;
  readonly atMs: number;
  /** Among everything that attempts do: when it began. */
  readonly order: number;
  /** When it failed, likewise; undefined: it did not, or once its content was handed out. */
  failedOrder: number | undefined;
  /** When that was, in ms. */
  failedMs: number | undefined;
  /** When its content reached the caller, likewise. */
  deliveredOrder: number | undefined;
  /** The router broke it off: another one had answered, or nobody would. */
  wasStopped: boolean;
  /** What the router said of it when it ended; undefined: it lasts, or it worked. */
  verdict: Verdict["kind"] | undefined;
  fault: FaultKind | undefined;
  wasSent: boolean;
  /** AWS charged it to its quotas. */
  wasTaken: boolean;
  /** AWS said 429 or its like. */
  wasThrottled: boolean;
  /** What its usage said. */
  reported: Cost | undefined;
}

/** One call, as its caller saw it. */
export interface CallTruth {
  /** The router's number. */
  readonly callId: number;
  readonly planned: PlannedCall;
  readonly cost: Cost;
  readonly atMs: number;
  readonly attempts: AttemptTruth[];
  end: { readonly atMs: number; readonly error: unknown; readonly isOk: boolean } | undefined;
  endings: number;
  /** Targets whose limit could carry it when it came: a limit that is raised later is for later calls. */
  readonly carriers: readonly Target[];
  /** When it failed: targets that it might have gone to and had not been tried at. */
  untried: readonly string[];
}

/** What the book believes of a quota at an instant. */
export interface Belief {
  readonly key: string;
  readonly order: number;
  readonly limit: number;
  readonly burst: number;
}

/** One booking, as the ledger was asked for it. */
export interface Booking {
  readonly cost: Cost;
  readonly target: Target;
  readonly atMs: number;
  /** Among everything that was written into the book. */
  readonly order: number;
  readonly endings: {
    readonly order: number;
    readonly kind: "settle" | "release" | "keep" | "throttled";
    readonly atMs: number;
    readonly actual: Cost | undefined;
  }[];
  readonly reservation: Reservation;
}

/** Everything a run leaves to be judged. */
export interface Trace {
  readonly plan: Plan;
  readonly calls: CallTruth[];
  readonly bookings: Booking[];
  /** Of a quota that was written on: before and after each change. */
  readonly beliefs: Belief[];
  readonly events: RouterEvent[];
  /** When scopes recovered and let in a share of calls only. */
  readonly recoveries: { readonly fromMs: number; readonly untilMs: number }[];
  /** What was wrong at the very moment it was looked at. */
  readonly complaints: string[];
  /** Time the process stood still, in ms. */
  stalledMs: number;
  /** Snapshots, as text. */
  readonly shown: Set<string>;
  droppedEvents: number;
}

export function minuteKey(id: string, unit: "tokens" | "requests"): string {
  return `${id}/${unit}`;
}

/** What the router is told of a target. */
export function targetOf({ id, accountId, region, destinationRegions, requestsPerMinute }: PlannedTarget): Target {
  const quotas: Quota[] = [{ key: minuteKey(id, "tokens"), unit: "tokens", windowMs: 60_000 }];
  if (requestsPerMinute !== undefined)
    quotas.push({ key: minuteKey(id, "requests"), unit: "requests", windowMs: 60_000 });
  quotas.push({ key: `${id}/day`, unit: "tokens", windowMs: dayWindowMs });
  return { id, accountId, region, endpoint: "runtime", modelId, destinationRegions, weight: 1, quotas };
}

export function holdOf({ inputTokens, maxTokens }: PlannedCall): number {
  return inputTokens + maxTokens;
}

/** Of a run that has not begun. */
export function emptyTrace(plan: Plan): Trace {
  const lists = { calls: [], bookings: [], beliefs: [], events: [], recoveries: [], complaints: [] };
  return { plan, ...lists, stalledMs: 0, shown: new Set(), droppedEvents: 0 };
}
