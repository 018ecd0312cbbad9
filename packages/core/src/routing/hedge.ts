import type { Target } from "../budget/target.ts";
import type { HealthAttempt } from "./health.ts";

/** An attempt that has begun, as a policy is asked whether it may be hedged. */
export interface BegunAttempt extends HealthAttempt {
  /** Where the call might go besides, this target among them; some may be blocked or full now. */
  readonly candidates: readonly Target[];
}

/** A second attempt beside one that does not answer: who answers first serves the call, the other is broken off. */
export interface Hedge {
  /** Made when nothing was answered for this long, in ms; no later, whatever room there is then. */
  readonly afterMs: number;
  /** Share of the tightest quota that must be free where it goes, 0 to 1. */
  readonly leastHeadroom: number;
  /** Whether it may go to a target. */
  suits(target: Target): boolean;
  /** Asked last, when it is booked. False: the budget for such attempts is used up, and the booking comes back. */
  take(): boolean;
}
