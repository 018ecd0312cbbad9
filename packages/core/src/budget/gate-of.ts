import type { Enforcement } from "./enforcement.ts";
import type { Gate } from "./gate.ts";
import { habit } from "./habit.ts";
import type { KnownLimit } from "./known-limit.ts";

/** All that a gate follows from, but for the time. */
export interface Learned {
  readonly windowUs: number;
  readonly known: KnownLimit;
  readonly enforcement: Enforcement;
  /** Share of the limit that a call takes, lately. */
  readonly usualHold: number;
}

/** What the book must keep, by what it knows. */
export function gateOf(learned: Learned, nowUs: number): Gate {
  const { windowUs, known, enforcement } = learned;
  const { kind, isSharp } = enforcement;
  if (known.isCautious) return { burst: known.burst, window: "sliding", limit: 1, mayAsk: false };
  const phases = known.limit > 1 ? enforcement.laterPhases : enforcement.phases;
  const isFresh = nowUs - known.surprisedAtUs < windowUs * 0.2;
  const mayAsk = nowUs > known.refusedAtUs + windowUs * (kind === "sixths" ? 0.12 : 0.7) && !isSharp;
  switch (kind) {
    case "bucket":
      return { burst: known.burst, window: undefined, limit: 1, mayAsk: false };
    case "fixed":
      return { burst: pace(learned, nowUs), window: phases, limit: known.limit, mayAsk };
    case "sixths":
      return {
        burst: isFresh || mayAsk ? pace(learned, nowUs) : Number.POSITIVE_INFINITY,
        window: phases,
        limit: 1 / 6,
        mayAsk,
      };
    default:
      return { burst: Number.POSITIVE_INFINITY, window: "sliding", limit: known.limit, mayAsk: false };
  }
}

/**
 * An even pace at first, less even the longer nothing is refused that was not asked for: a window that is spent at once
 * may be refused whole.
 */
function pace({ windowUs, known, usualHold }: Learned, nowUs: number): number {
  const quiet = (nowUs - Math.max(known.surprisedAtUs, known.believedSinceUs)) / windowUs;
  const careful = Math.min(habit.burst, Math.max(habit.carefulBurst, habit.carefulHolds * usualHold));
  return Math.min(habit.largestBurst, careful + habit.paceGrowth * Math.max(0, quiet - 1));
}
