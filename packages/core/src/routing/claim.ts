import type { Candidate } from "../budget/target.ts";
import type { Ticket } from "./ticket.ts";

/** Where and when a waiting call starts at the latest, as far as those behind it have a say. */
export interface Claim {
  readonly ticket: Ticket;
  readonly candidate: Candidate;
  /** On `monotonicMs`: when it was promised to start. Never later because of calls behind it. */
  dateMs: number;
  /** On `monotonicMs`: when it could start, as the book stands; at most `dateMs`. */
  startMs: number;
  /** Calls that went by on its quotas. */
  passes: number;
}
