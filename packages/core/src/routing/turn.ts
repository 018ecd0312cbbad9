import type { Candidate } from "../budget/target.ts";
import { withCacheDoubt } from "./cache-doubt.ts";
import type { Choose } from "./choice.ts";
import type { Choice } from "./picker.ts";
import type { Ticket } from "./ticket.ts";

/** A ticket whose turn it is, and where it may go. */
export interface Turn {
  readonly ticket: Ticket;
  readonly candidates: readonly Candidate[];
  readonly choice: Choice | undefined;
  /** Milliseconds until a blocked candidate may be used again; Infinity when none is blocked, or it fits now. */
  readonly unblocksInMs: number;
}

/** Where a ticket may go now, and where it is best off. @param nowMs - the clock's `monotonicMs`. */
export function turnOf(ticket: Ticket, choose: Choose, nowMs: number): Turn {
  const candidates = ticket.eligible();
  return turnWith(ticket, candidates, choose(ticket, candidates, nowMs));
}

/** A turn that was chosen. What is blocked matters only where the call cannot start now. */
export function turnWith(ticket: Ticket, candidates: readonly Candidate[], choice: Choice | undefined): Turn {
  const unblocksInMs = fitsNow(choice) ? Number.POSITIVE_INFINITY : ticket.unblocksInMs();
  return { ticket, candidates, choice, unblocksInMs };
}

export function fitsNow(choice: Choice | undefined): boolean {
  return choice !== undefined && choice.startsInMs <= 0;
}

/** A turn that nothing can ever serve starts too: only to fail. */
export function canStart(turn: Turn): boolean {
  return turn.choice === undefined ? turn.unblocksInMs === Number.POSITIVE_INFINITY : turn.choice.startsInMs <= 0;
}

/** When there may be room: in the book, or because a block has ended. */
export function startsInMs({ choice, unblocksInMs }: Turn): number {
  return Math.min(choice?.startsInMs ?? Number.POSITIVE_INFINITY, unblocksInMs);
}

/** The candidates in order of preference, as a ledger wants them. */
export function bestFirst({ ticket, candidates }: Turn, best: Candidate): readonly Candidate[] {
  const isFirst = candidates[0] === best;
  const inOrder = isFirst ? candidates : [best, ...candidates.filter((candidate) => candidate !== best)];
  return withCacheDoubt(inOrder, ticket);
}
