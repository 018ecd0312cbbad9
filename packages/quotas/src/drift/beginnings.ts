import type { Clock } from "@shardrock/core";
import { minuteMs } from "./surplus.ts";

/** Calls of the process before may end a little after this one began, and AWS's minute may be the one after ours. */
const graceMinutes = 1;

/**
 * Since when the book knows of each quota what it settled. What AWS counted before that may be a process before, or
 * another one that the quota was taken from: nobody can tell it from strangers' use.
 */
export class Beginnings {
  readonly #clock: Pick<Clock, "monotonicMs" | "epochMs">;
  /** By quota, in ms of the clock that is never set. */
  readonly #begunMs = new Map<string, number>();
  /** The first quotas began with the book; undefined: those that come now begin now. */
  #firstMs: number | undefined;

  /** Made when the book begins. */
  constructor(clock: Pick<Clock, "monotonicMs" | "epochMs">) {
    this.#clock = clock;
    this.#firstMs = clock.monotonicMs();
  }

  /** Quotas of the book now; one that goes and returns begins anew. */
  keepOnly(keys: ReadonlySet<string>): void {
    const begunMs = this.#firstMs ?? this.#clock.monotonicMs();
    this.#firstMs = undefined;
    for (const key of this.#begunMs.keys()) if (!keys.has(key)) this.#begunMs.delete(key);
    for (const key of keys) if (!this.#begunMs.has(key)) this.#begunMs.set(key, begunMs);
  }

  /**
   * After the minute it began in and one more.
   * @returns the beginning of the first minute that tells of others, in ms since 1970 as the clock on the wall has it now.
   */
  firstMinute(key: string): number {
    const begunMs = this.#begunMs.get(key);
    if (begunMs === undefined) return Number.POSITIVE_INFINITY;
    const epochMs = this.#clock.epochMs() - (this.#clock.monotonicMs() - begunMs);
    return (Math.floor(epochMs / minuteMs) + 1 + graceMinutes) * minuteMs;
  }
}
