import type { Limits } from "../budget/limits.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Random } from "../random.ts";
import type { Starts } from "./asked-book.ts";
import { type Home, isSamePlace } from "./affinity.ts";
import { cacheLossMs, type Crowd, staysHome } from "./affinity-score.ts";
import { workMs } from "./lane-forecast.ts";
import { type Choice, pickBest, pickEarliest } from "./picker.ts";
import type { Ticket } from "./ticket.ts";

/**
 * Chooses where a call goes among candidates it may use now; undefined when there is none, or none can ever start.
 * @param nowMs - the clock's `monotonicMs`.
 */
export type Choose = (ticket: Ticket, candidates: readonly Candidate[], nowMs: number) => Choice | undefined;

export interface ChooserOptions {
  readonly limits: Limits;
  readonly random: Random;
  /** Calls that wait now. */
  readonly waiting: () => number;
}

/** The earliest start, whatever is cached where. Books nothing. */
export function earliestOf({ ledger, random }: { readonly ledger: Starts; readonly random: Random }): Choose {
  return (_ticket, candidates, nowMs) => pickEarliest(candidates, { ledger, nowMs, random });
}

/**
 * The earliest start, or home, where the call's prompt is cached, while that is worth its waiting. A choice that starts
 * later than now is what the call waits for; it may be a home that somebody ahead has claimed. Books nothing. Choosers
 * of several books know of each other how long a call has waited for its home.
 */
export function chooserOf({ limits, random, waiting }: ChooserOptions): (ledger: Starts) => Choose {
  /** Since when, on `monotonicMs`, a call waits for its home although it could have started elsewhere. */
  const heldBackSinceMs = new WeakMap<Ticket, number>();
  function chooseByHome(ticket: Ticket, home: Home, { ledger, candidates, nowMs }: Among): Choice | undefined {
    const asked = { ledger, nowMs, random };
    const near = pickEarliest(atPlace(home.target, candidates), asked);
    if (near !== undefined && near.startsInMs <= 0) return near;
    let free = 0;
    const counting = (candidate: Candidate): number => {
      const startMs = ledger.startsInMs(candidate, nowMs);
      if (startMs <= 0) free += 1;
      return startMs;
    };
    const best = pickBest(candidates, counting, random);
    const eligible = ticket.eligible();
    const atHome = near ?? afterClaim(pickEarliest(atPlace(home.target, eligible), asked), limits);
    if (best === undefined || atHome === undefined) return best;
    const crowd: Crowd = { waiting: waiting(), targets: eligible.length, free };
    const isHome = staysHome({
      homeInMs: atHome.startsInMs,
      bestInMs: best.startsInMs,
      lossMs: cacheLossMs(home.prefixTokens, best.candidate, { limits, crowd }),
      heldBackMs: nowMs - (heldBackSinceMs.get(ticket) ?? nowMs),
      leftMs: ticket.deadlineMs - nowMs,
    });
    if (!isHome) return best;
    if (best.startsInMs <= 0 && !heldBackSinceMs.has(ticket)) heldBackSinceMs.set(ticket, nowMs);
    return atHome;
  }
  return (ledger) => (ticket, candidates, nowMs) => {
    const home = ticket.home();
    if (home === undefined) return pickEarliest(candidates, { ledger, nowMs, random });
    return chooseByHome(ticket, home, { ledger, candidates, nowMs });
  };
}

interface Among {
  readonly ledger: Starts;
  readonly candidates: readonly Candidate[];
  readonly nowMs: number;
}

function atPlace(place: Target, candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ target }) => isSamePlace(target, place));
}

/** When home has room for this call after the one ahead that has claimed it; taken to be as large. */
function afterClaim(home: Choice | undefined, limits: Limits): Choice | undefined {
  if (home === undefined) return undefined;
  return { ...home, startsInMs: Math.max(0, home.startsInMs) + Math.max(1, workMs([home.candidate], limits)) };
}
