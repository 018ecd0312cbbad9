import type { Link } from "./chain.ts";
import type { Listed } from "./come-and-go.ts";
import type { Finding } from "./finding.ts";
import type { Waiter } from "./waiter.ts";

/** A place in the line. */
export interface Place {
  readonly waiter: Waiter;
  /** What p-queue runs when its turn has come. */
  readonly run: () => Promise<unknown>;
  /** What the call would hold, as tenants share it. */
  readonly tokens: number;
  /** Milliseconds of all its quotas together that the call takes. */
  workMs: number;
  /** Number of the look at the line that saw it last. */
  seenInLook: number;
  /** What looks at the line remember of it; undefined: none has come so far yet. */
  finding?: Finding;
}

/** Where a place is written, so that it is found again without a search. */
export interface Written extends Listed {
  readonly place: Place;
  readonly inFlow: Link<Place>;
  readonly inRoster: Link<Place>;
}

export function arrivedBefore(one: Place, other: Place): boolean {
  return one.waiter.ticket.arrival < other.waiter.ticket.arrival;
}
