import type { LimiterKind } from "@shardrock/simulator";

/** How the account dies. */
export type FaultKind = "denied" | "unavailable" | "black hole";

/** One row of the bench: what happens to whom. */
export interface Fault {
  readonly kind: FaultKind;
  /** Calls stream their answer, or get it in one piece. */
  readonly isStream: boolean;
}

/** When things happen, in ms of the run's clock. */
export const timeline = { diesAtMs: 300_000, healsAtMs: 420_000 } as const;

/** Traffic goes on this long after the account has come back: the calls that hung are back by then, and made again. */
export function afterMsOf({ kind, isStream }: Fault): number {
  return kind === "black hole" && !isStream ? timers.totalMs + 120_000 : 300_000;
}

/** What gives an attempt up: the defaults of this library's clients. */
export const timers = { firstEventMs: 120_000, totalMs: 900_000 } as const;

/** How long a role that may not be assumed, and a 503, take to be told, in ms. */
export const deniedMs = 50;
export const unavailableMs = 100;

/** From sending to the first content of a stream, in ms: what the simulated model takes before it writes. */
export const firstContentMs = 500;

/** Who decides where calls go: this library with its failover, without it, and what people do first. */
export const contenderNames = ["failover", "core", "round-robin"] as const;

export type Contender = (typeof contenderNames)[number];

/** One run, as it crosses to another process. */
export interface FaultRun {
  readonly fault: Fault;
  readonly limiter: LimiterKind;
  readonly contender: Contender;
  readonly seed: number;
}
