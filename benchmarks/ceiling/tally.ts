import type { ThrottledCall } from "@shardrock/simulator";
import { Histogram } from "./histogram.ts";
import type { Answered } from "./stage.ts";

/** When a run counts: what ends while the router learns is kept apart from what ends later. Times in ms of its clock. */
export interface TallyShape {
  readonly clock: { monotonicMs(): number };
  readonly startMs: number;
  readonly learnedMs: number;
  readonly windowMs: number;
  readonly streams: number;
  readonly targets: number;
}

/** Counts of one stream in one phase. */
export class Counts {
  attempts = 0;
  /** Refused by AWS: by a minute quota, and for the day. */
  throttled = 0;
  throttledForDay = 0;
  served = 0;
  refused = 0;
  /** Refused with a time that is marked as an estimate. */
  refusedEstimated = 0;
  /** Tokens of the calls that ended: what AWS charged, and what came out of its cache. */
  tokens = 0;
  cacheReadTokens = 0;
  readonly waits = new Histogram();
}

/** How many refusals for the day a run keeps the times of; more would be a failure anyway. */
const mostDayRefusals = 1_000;

/** Counts of one run. Takes as much memory however many calls there are. */
export class Tally {
  readonly #shape: TallyShape;
  readonly learning: readonly Counts[];
  readonly after: readonly Counts[];
  /** After learning, by target. */
  readonly targetTokens: Float64Array;
  readonly targetAttempts: Float64Array;
  /** Tokens charged, by window since the start, for each stream. */
  readonly windowTokens: readonly number[][];
  /** When AWS refused for the day, and at which target. */
  readonly dayRefusals: { readonly target: number; readonly atMs: number }[] = [];

  constructor(shape: TallyShape) {
    this.#shape = shape;
    this.learning = Array.from({ length: shape.streams }, () => new Counts());
    this.after = Array.from({ length: shape.streams }, () => new Counts());
    this.windowTokens = Array.from({ length: shape.streams }, () => []);
    this.targetTokens = new Float64Array(shape.targets);
    this.targetAttempts = new Float64Array(shape.targets);
  }

  refuse(stream: number, isEstimated = false): void {
    const counts = this.#countsOf(stream);
    counts.refused += 1;
    if (isEstimated) counts.refusedEstimated += 1;
  }

  attempt(stream: number, target: number, refusal: ThrottledCall | undefined): void {
    const counts = this.#countsOf(stream);
    counts.attempts += 1;
    if (this.#isAfter()) this.targetAttempts[target] = (this.targetAttempts[target] ?? 0) + 1;
    if (refusal === undefined) return;
    if (!refusal.message.includes("per day")) {
      counts.throttled += 1;
      return;
    }
    counts.throttledForDay += 1;
    const atMs = this.#shape.clock.monotonicMs() - this.#shape.startMs;
    if (this.dayRefusals.length < mostDayRefusals) this.dayRefusals.push({ target, atMs });
  }

  serve(
    stream: number,
    target: number,
    served: Pick<Answered, "tokens" | "cacheReadTokens"> & { waitedMs: number },
  ): void {
    const counts = this.#countsOf(stream);
    counts.served += 1;
    counts.tokens += served.tokens;
    counts.cacheReadTokens += served.cacheReadTokens;
    counts.waits.add(served.waitedMs);
    if (this.#isAfter()) this.targetTokens[target] = (this.targetTokens[target] ?? 0) + served.tokens;
    const { clock, startMs, windowMs } = this.#shape;
    const window = Math.floor((clock.monotonicMs() - startMs) / windowMs);
    const windows = this.windowTokens[stream];
    if (windows !== undefined) windows[window] = (windows[window] ?? 0) + served.tokens;
  }

  #countsOf(stream: number): Counts {
    const counts = (this.#isAfter() ? this.after : this.learning)[stream];
    if (counts === undefined) throw new RangeError(`no stream ${stream}`);
    return counts;
  }

  #isAfter(): boolean {
    return this.#shape.clock.monotonicMs() >= this.#shape.learnedMs;
  }
}
