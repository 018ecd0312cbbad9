import { type Finish, laterFinish, withFinish } from "../usage/answer/finish.ts";
import { laterCounts, noCounts, readCounts, type TokenCounts, type UsageReading } from "../usage/answer/token-usage.ts";
import type { StreamShape } from "./shape.ts";
import { errorInEvent } from "./stream-failure.ts";

/** Told once how a stream ended. */
export interface StreamEnding {
  /** It is complete, and used what was said. */
  settle(usage: UsageReading): void;
  /** It broke, or its consumer left; the error as it happened. */
  fail(error: unknown): void;
}

/** What the events seen so far say of a stream, told once: as soon as it is known, or when there will be no more. */
export class StreamOutcome {
  readonly #shape: StreamShape;
  readonly #ending: StreamEnding;
  #isComplete = false;
  #isTold = false;
  #counts: TokenCounts = noCounts;
  #finish: Finish | undefined;

  constructor(shape: StreamShape, ending: StreamEnding) {
    this.#shape = shape;
    this.#ending = ending;
  }

  /** The closing event was seen; only the usage may still come. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** The error an event carries in place of content. */
  errorIn(event: unknown): Error | undefined {
    return errorInEvent(event, this.#shape);
  }

  observe(event: unknown): void {
    const closing = this.#shape.closing(event);
    if (closing === undefined) return;
    this.#isComplete ||= closing.isEnd;
    this.#counts = laterCounts(this.#counts, closing.counts);
    this.#finish = laterFinish(this.#finish, closing.finish);
    if (this.#isComplete && readCounts(this.#counts).kind !== "missing") this.finish();
  }

  /** No more events will come of a complete stream. */
  finish(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#ending.settle(withFinish(readCounts(this.#counts), this.#finish));
  }

  /** No more events will come, and the closing one did not. */
  fail(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#ending.fail(error);
  }
}
