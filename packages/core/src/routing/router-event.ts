import type { Verdict } from "./verdict.ts";

/** One attempt at one target has ended. Carries no content. */
export interface AttemptEnd {
  readonly kind: "attempt-end";
  readonly callId: number;
  /** From 1 up. */
  readonly attempt: number;
  readonly targetId: string;
  readonly accountId: string;
  readonly region: string;
  readonly modelId: string;
  /** AWS's id of the request; undefined when AWS never answered, or the transport does not know it. */
  readonly requestId: string | undefined;
  /** Milliseconds the call spent in the waiting room until this attempt, all waits together. */
  readonly waitedMs: number;
  /** Undefined: it worked. */
  readonly verdict: Verdict | undefined;
  /** How the reservation ended. */
  readonly booking: "settled" | "released" | "kept" | "throttled";
}

/** One call has left the router, or failed. A stream leaves it at its first content; its attempt ends with it. */
export interface CallEnd {
  readonly kind: "call-end";
  readonly callId: number;
  readonly outcome: "ok" | "failed" | "refused" | "aborted";
  readonly attempts: number;
  /** Where the last attempt was made; left out when there was none. */
  readonly targetId?: string;
  /** Milliseconds spent in the waiting room, all attempts together. */
  readonly waitedMs: number;
}

/** Something a person should know once; `code` is stable. */
export interface Warning {
  readonly kind: "warning";
  readonly code: string;
  readonly message: string;
}

export type RouterEvent = AttemptEnd | CallEnd | Warning;
export type RouterListener = (event: RouterEvent) => void;
