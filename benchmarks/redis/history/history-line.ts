/**
 * One line of what a process did, or of what was done to it. Times are µs since 1970 of this machine's clock, which is also
 * the store's. An `invoke` that nothing follows is in doubt: its process was killed before it knew.
 */
export type HistoryLine =
  | Invoked
  | Granted
  | Declined
  | Ended
  | Believed
  | { readonly kind: "news"; readonly process: string; readonly change: string; readonly atUs: number }
  | { readonly kind: "begin" | "stop"; readonly process: string; readonly atUs: number }
  | Stalled
  | FaultLine;

/** A process asks for room for a call. */
export interface Invoked {
  readonly kind: "invoke";
  readonly process: string;
  readonly call: string;
  readonly atUs: number;
}

/** It got none, or the book failed. */
export interface Declined extends Lateness {
  readonly kind: "refused" | "failed";
  readonly process: string;
  readonly call: string;
  readonly atUs: number;
}

/** How an answer stands beside a timer of the store's time-out; nothing: it came before it. */
export interface Lateness {
  /** How much later it came. */
  readonly overdueUs?: number;
  /** For how much of that its process had nothing to do. */
  readonly waitedUs?: number;
}

/** It got it. */
export interface Granted extends Lateness {
  readonly kind: "ok";
  readonly process: string;
  readonly call: string;
  /** Units held, by quota. */
  readonly holds: Readonly<Record<string, number>>;
  /** It starts to count between these two: with what was told of when to start. */
  readonly fromUs: number;
  readonly toUs: number;
}

/** It has ended the call. */
export interface Ended {
  readonly kind: "end";
  readonly process: string;
  readonly call: string;
  readonly how: "settle" | "release" | "keep" | "throttled";
  /** Units it stands at from now on, by quota. */
  readonly stands: Readonly<Record<string, number>>;
  readonly atUs: number;
}

/** What a process believes of a quota from now on. */
export interface Believed {
  readonly kind: "belief";
  readonly process: string;
  readonly key: string;
  readonly limit: number;
  readonly burst: number;
  readonly enforcement: string;
  readonly atUs: number;
}

/** A process did nothing although it could have: the machine had other work. */
export interface Stalled {
  readonly kind: "stall";
  readonly process: string;
  readonly fromUs: number;
  readonly toUs: number;
}

/** What the nemesis did; `process`: only to that one. */
export interface FaultLine {
  readonly kind: "fault";
  readonly fault: "kill" | "pause" | "slow" | "empty";
  readonly process?: string;
  readonly fromUs: number;
  readonly toUs: number;
}

/** Reads a file of lines; a last one that was cut off, because its process was killed while writing it, is left out. */
export function linesOf(text: string): readonly HistoryLine[] {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as HistoryLine);
}
