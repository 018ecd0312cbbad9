/** Counts of one run, from the end of the warm-up on. */
export class Tally {
  readonly #clock: { monotonicMs(): number };
  readonly #fromMs: number;
  attempts = 0;
  throttled = 0;
  served = 0;
  refused = 0;
  /** Tokens AWS charged for calls that ended. */
  tokens = 0;
  readonly waitsMs: number[] = [];

  constructor(clock: { monotonicMs(): number }, fromMs: number) {
    this.#clock = clock;
    this.#fromMs = fromMs;
  }

  get isCounting(): boolean {
    return this.#clock.monotonicMs() >= this.#fromMs;
  }

  refuse(): void {
    if (this.isCounting) this.refused += 1;
  }

  attempt(isThrottled: boolean): void {
    if (!this.isCounting) return;
    this.attempts += 1;
    if (isThrottled) this.throttled += 1;
  }

  serve(tokens: number, waitedMs: number): void {
    if (!this.isCounting) return;
    this.served += 1;
    this.tokens += tokens;
    this.waitsMs.push(waitedMs);
  }
}

/** What a run showed. Shares run 0 to 1. */
export interface RunResult {
  /** Tokens served per minute, as a share of the summed quotas. */
  readonly goodput: number;
  /** Share of attempts answered 429. */
  readonly throttled: number;
  /** Share of the calls that ended which were served. */
  readonly served: number;
  readonly attempts: number;
  readonly waitP50Ms: number;
  readonly waitP99Ms: number;
}

export function resultOf(tally: Tally, minutes: number, summedTpm: number): RunResult {
  const waits = tally.waitsMs.toSorted((one, other) => one - other);
  const at = (share: number): number => waits[Math.floor(share * (waits.length - 1))] ?? 0;
  return {
    goodput: tally.tokens / minutes / summedTpm,
    throttled: tally.attempts === 0 ? 0 : tally.throttled / tally.attempts,
    served: tally.served === 0 ? 0 : tally.served / (tally.served + tally.refused),
    attempts: tally.attempts,
    waitP50Ms: at(0.5),
    waitP99Ms: at(0.99),
  };
}
