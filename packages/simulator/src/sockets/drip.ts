import type { Answer } from "./answer.ts";
import type { Fault } from "./fault.ts";
import type { Timers } from "../timers.ts";

export interface Drops {
  /** Sent each time; they complete nothing. */
  readonly bytes: Uint8Array;
  readonly timers: Timers;
  readonly fault: Extract<Fault, { readonly kind: "drip" }>;
}

/** Milliseconds between two drops, unless told. */
export const defaultDripMs = 20;

/** Sends the same bytes again and again until the client has gone. */
export function drip(answer: Answer, drops: Drops): void {
  if (answer.isGone) return;
  answer.write(drops.bytes);
  drops.timers.after(drops.fault.everyMs ?? defaultDripMs, () => drip(answer, drops));
}
