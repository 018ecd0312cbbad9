import type { Ledger } from "../budget/ledger.ts";
import type { Candidate } from "../budget/target.ts";
import type { Random } from "../random.ts";
import { pickNear } from "./affinity.ts";
import { type Choice, pickBest } from "./picker.ts";
import type { Ticket } from "./ticket.ts";

/**
 * Chooses where a call goes among candidates it may use now; undefined when there is none, or none can ever start.
 * @param nowMs - the clock's `monotonicMs`.
 */
export type Choose = (ticket: Ticket, candidates: readonly Candidate[], nowMs: number) => Choice | undefined;

/** The place a call prefers while that has room; else the earliest start. Books nothing. */
export function chooserOf({ ledger, random }: { readonly ledger: Ledger; readonly random: Random }): Choose {
  return function choose(ticket, candidates, nowMs) {
    const place = ticket.preferred();
    const startsInMs = (candidate: Candidate): number => ledger.startsInMs(candidate, nowMs);
    const near = place && pickNear(place, candidates, { startsInMs, random });
    return near ?? pickBest(candidates, startsInMs, random);
  };
}
