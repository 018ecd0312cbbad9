/** What became of one call. Times in ms of the run's clock. */
export interface CallRecord {
  readonly atMs: number;
  /** From sending to the first content, or to the answer in one piece, when nothing is wrong. */
  readonly usualMs: number;
  /** One of its attempts met the fault. */
  isHit: boolean;
  /** First content, or the answer in one piece; undefined: none came. */
  answeredAtMs: number | undefined;
  failure: CallFailure | undefined;
}

/** Nowhere had room in time; or what AWS did reached the caller. */
export type CallFailure = "no room" | "fault";

/** One attempt at the simulated AWS. */
export interface AttemptRecord {
  readonly atMs: number;
  /** At the account that dies. */
  readonly isThere: boolean;
  isThrottled: boolean;
}

/** Everything that happened in a run, in order. */
export class RunRecord {
  readonly calls: CallRecord[] = [];
  readonly attempts: AttemptRecord[] = [];

  call(atMs: number, usualMs: number): CallRecord {
    const call: CallRecord = { atMs, usualMs, isHit: false, answeredAtMs: undefined, failure: undefined };
    this.calls.push(call);
    return call;
  }

  attempt(atMs: number, isThere: boolean): AttemptRecord {
    const attempt: AttemptRecord = { atMs, isThere, isThrottled: false };
    this.attempts.push(attempt);
    return attempt;
  }
}
