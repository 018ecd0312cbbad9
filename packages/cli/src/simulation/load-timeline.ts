import type { Series, Timeline } from "./timeline.ts";

/** What came and what waited, by bucket of the run. */
export interface LoadReport {
  readonly bucketMs: number;
  /** Calls that came. */
  readonly calls: readonly number[];
  /** Quota tokens of those: input, and output by its burndown. */
  readonly tokens: readonly number[];
  /** Most calls that waited at once, and most that were under way. */
  readonly mostWaiting: readonly number[];
  readonly mostInFlight: readonly number[];
}

/** The largest of the whole run. */
export interface PeakReport {
  readonly waiting: number;
  readonly inFlight: number;
}

/** Counts what came when. */
export class LoadTimeline {
  readonly #timeline: Timeline;
  readonly #calls: Series;
  readonly #tokens: Series;
  readonly #waiting: Series;
  readonly #inFlight: Series;
  #mostWaiting = 0;
  #mostInFlight = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    this.#calls = timeline.series("sum");
    this.#tokens = timeline.series("sum");
    this.#waiting = timeline.series("largest");
    this.#inFlight = timeline.series("largest");
  }

  /** A call comes. */
  offered(atMs: number, tokens: number): void {
    const bucket = this.#timeline.bucketOf(atMs);
    this.#calls.add(bucket, 1);
    this.#tokens.add(bucket, tokens);
  }

  /** So much waits and is under way now. */
  loaded(atMs: number, { queued, inFlight }: { readonly queued: number; readonly inFlight: number }): void {
    const bucket = this.#timeline.bucketOf(atMs);
    this.#waiting.raise(bucket, queued);
    this.#inFlight.raise(bucket, inFlight);
    if (queued > this.#mostWaiting) this.#mostWaiting = queued;
    if (inFlight > this.#mostInFlight) this.#mostInFlight = inFlight;
  }

  get peak(): PeakReport {
    return { waiting: this.#mostWaiting, inFlight: this.#mostInFlight };
  }

  report(): LoadReport {
    const { bucketMs, reached } = this.#timeline;
    return {
      bucketMs,
      calls: this.#calls.upTo(reached),
      tokens: this.#tokens.upTo(reached),
      mostWaiting: this.#waiting.upTo(reached),
      mostInFlight: this.#inFlight.upTo(reached),
    };
  }
}
