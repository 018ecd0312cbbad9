import type { Ledger } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Candidate } from "../budget/target.ts";
import type { Random } from "../random.ts";
import { isSamePlace } from "./affinity.ts";
import { cacheLossMs, staysHome } from "./affinity-score.ts";
import { type Choice, pickBest } from "./picker.ts";
import type { Ticket } from "./ticket.ts";

/**
 * Chooses where a call goes among candidates it may use now; undefined when there is none, or none can ever start.
 * @param nowMs - the clock's `monotonicMs`.
 */
export type Choose = (ticket: Ticket, candidates: readonly Candidate[], nowMs: number) => Choice | undefined;

export interface ChooserOptions {
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly random: Random;
}

/**
 * The earliest start, or home, where the call's prompt is cached, while that is worth its waiting. A choice that starts
 * later than now is what the call waits for. Books nothing.
 */
export function chooserOf({ ledger, limits, random }: ChooserOptions): Choose {
  /** Since when, on `monotonicMs`, a call waits for its home although it could have started elsewhere. */
  const heldBackSinceMs = new WeakMap<Ticket, number>();
  return function choose(ticket, candidates, nowMs) {
    const startsInMs = (candidate: Candidate): number => ledger.startsInMs(candidate, nowMs);
    const home = ticket.home();
    if (home === undefined) return pickBest(candidates, startsInMs, random);
    const near = candidates.filter(({ target }) => isSamePlace(target, home.target));
    const atHome = pickBest(near, startsInMs, random);
    if (atHome !== undefined && atHome.startsInMs <= 0) return atHome;
    const best = pickBest(candidates, startsInMs, random);
    if (atHome === undefined || best === undefined) return best;
    const isHome = staysHome({
      homeInMs: atHome.startsInMs,
      bestInMs: best.startsInMs,
      lossMs: cacheLossMs(home.prefixTokens, best.candidate, limits),
      heldBackMs: nowMs - (heldBackSinceMs.get(ticket) ?? nowMs),
      leftMs: ticket.deadlineMs - nowMs,
    });
    if (!isHome) return best;
    if (best.startsInMs <= 0 && !heldBackSinceMs.has(ticket)) heldBackSinceMs.set(ticket, nowMs);
    return atHome;
  };
}
