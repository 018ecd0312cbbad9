import { Histogram } from "./histogram.ts";

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
class Counts {
  attempts = 0;
  throttled = 0;
  served = 0;
  refused = 0;
  /** Tokens AWS charged for calls that ended. */
  tokens = 0;
  readonly waits = new Histogram();
}

/** Counts of one run. Takes as much memory however many calls there are. */
export class Tally {
  readonly #shape: TallyShape;
  readonly learning: readonly Counts[];
  readonly after: readonly Counts[];
  /** After learning, by target. */
  readonly targetTokens: Float64Array;
  readonly targetAttempts: Float64Array;

  constructor(shape: TallyShape) {
    this.#shape = shape;
    this.learning = Array.from({ length: shape.streams }, () => new Counts());
    this.after = Array.from({ length: shape.streams }, () => new Counts());
    this.targetTokens = new Float64Array(shape.targets);
    this.targetAttempts = new Float64Array(shape.targets);
  }

  refuse(stream: number): void {
    const counts = this.#now()[stream];
    if (counts) counts.refused += 1;
  }

  attempt(stream: number, target: number, isThrottled: boolean): void {
    const phase = this.#now();
    const counts = phase[stream];
    if (!counts) return;
    counts.attempts += 1;
    if (isThrottled) counts.throttled += 1;
    if (phase === this.after) this.targetAttempts[target] = (this.targetAttempts[target] ?? 0) + 1;
  }

  serve(stream: number, target: number, served: { readonly tokens: number; readonly waitedMs: number }): void {
    const phase = this.#now();
    const counts = phase[stream];
    if (!counts) return;
    counts.served += 1;
    counts.tokens += served.tokens;
    counts.waits.add(served.waitedMs);
    if (phase === this.after) this.targetTokens[target] = (this.targetTokens[target] ?? 0) + served.tokens;
  }

  #now(): readonly Counts[] {
    return this.#shape.clock.monotonicMs() < this.#shape.learnedMs ? this.learning : this.after;
  }
}

/** What one stream, or all together, showed in one phase. Shares run 0 to 1. */
export interface PhaseResult {
  /** Tokens served per minute, as a share of the summed quotas. */
  readonly goodput: number;
  /** Share of attempts answered 429. */
  readonly throttled: number;
  /** Share of the calls that ended which were served. */
  readonly served: number;
  readonly attempts: number;
  readonly refused: number;
  readonly waitP50Ms: number;
  readonly waitP99Ms: number;
}

/** What a run showed. */
export interface RunResult {
  readonly learning: PhaseResult;
  readonly after: PhaseResult;
  /** After learning, by stream and by target. */
  readonly streams: readonly PhaseResult[];
  readonly targets: readonly { readonly tokens: number; readonly attempts: number }[];
}

export interface RunLength {
  readonly learningMinutes: number;
  /** With the learning. */
  readonly minutes: number;
  readonly summedTpm: number;
}

export function resultOf(tally: Tally, { learningMinutes, minutes, summedTpm }: RunLength): RunResult {
  const during = summedTpm * learningMinutes;
  const later = summedTpm * (minutes - learningMinutes);
  return {
    learning: phaseOf(tally.learning, during),
    after: phaseOf(tally.after, later),
    streams: tally.after.map((counts) => phaseOf([counts], later)),
    targets: Array.from(tally.targetTokens, (tokens, index) => ({
      tokens,
      attempts: tally.targetAttempts[index] ?? 0,
    })),
  };
}

/** Waits are of the first stream that has any: streams are told apart where they matter. */
function phaseOf(streams: readonly Counts[], quotaTokens: number): PhaseResult {
  const total = (field: "attempts" | "throttled" | "served" | "refused" | "tokens"): number =>
    streams.reduce((sum, counts) => sum + counts[field], 0);
  const [first] = streams;
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    goodput: share(total("tokens"), quotaTokens),
    throttled: share(total("throttled"), total("attempts")),
    served: share(total("served"), total("served") + total("refused")),
    attempts: total("attempts"),
    refused: total("refused"),
    waitP50Ms: first?.waits.quantile(0.5) ?? 0,
    waitP99Ms: first?.waits.quantile(0.99) ?? 0,
  };
}
