import type { AttemptNumber } from "@shardrock/core";
import type { AnswerTimes } from "./answer-times.ts";
import type { Pending, PendingAttempts } from "./pending-attempts.ts";

/** Where an attempt is, for what is seen of it. */
export interface WatchedPlace {
  /** What may be ejected. */
  readonly scope: string;
  /** Where in the scope. */
  readonly part: string;
  /** What is served: whose answers are like each other. */
  readonly kind: string;
}

/** One attempt, as one ejection sees it; what it notes there is for it alone. */
export class Watched implements Pending {
  readonly attempt: AttemptNumber;
  readonly place: WatchedPlace;
  sinceMs = 0;
  usual: AnswerTimes | undefined = undefined;
  pendingIn: PendingAttempts<this> | undefined = undefined;
  earlier: this | undefined = undefined;
  later: this | undefined = undefined;
  /** What has been seen of its scope since it began to answer as a stream; undefined: it did not. */
  streamingIn: object | undefined = undefined;

  constructor(attempt: AttemptNumber, place: WatchedPlace) {
    this.attempt = attempt;
    this.place = place;
  }
}
