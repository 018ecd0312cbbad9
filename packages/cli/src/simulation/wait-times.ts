import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/** Waits longer than a day count as a day. */
const longestMs = 86_400_000;

/** How long calls waited, in ms. */
export interface WaitReport {
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/** A share of calls, 0 to 1, and the wait in ms that it does not exceed. */
export interface WaitPoint {
  readonly share: number;
  readonly ms: number;
}

/** Where the curve of waits is told: closer together where it is steep. */
const curveShares: readonly number[] = [
  ...Array.from({ length: 18 }, (_, step) => (step * 5) / 100),
  ...Array.from({ length: 9 }, (_, step) => (90 + step) / 100),
  ...Array.from({ length: 11 }, (_, step) => (990 + step) / 1_000),
];

/** Waits of any number of calls in a fixed number of counts; a percentile is off by 1 % at most. */
export class WaitTimes {
  /** Made at the first wait: most models and tenants never wait. */
  #waits: RecordableHistogram | undefined;
  #calls = 0;
  #waited = 0;
  #sumMs = 0;
  #longestMs = 0;

  /** @param ms - 0 or more; less than half a millisecond is no wait. */
  add(ms: number): void {
    this.#calls += 1;
    if (ms < 0.5) return;
    this.#waited += 1;
    this.#sumMs += ms;
    if (ms > this.#longestMs) this.#longestMs = ms;
    this.#waits ??= createHistogram({ lowest: 1, highest: longestMs, figures: 2 });
    this.#waits.record(Math.min(Math.round(ms) || 1, longestMs));
  }

  addAll(other: WaitTimes): void {
    this.#calls += other.#calls;
    this.#waited += other.#waited;
    this.#sumMs += other.#sumMs;
    this.#longestMs = Math.max(this.#longestMs, other.#longestMs);
    if (other.#waits === undefined) return;
    this.#waits ??= createHistogram({ lowest: 1, highest: longestMs, figures: 2 });
    this.#waits.add(other.#waits);
  }

  /** Calls that waited. */
  get waited(): number {
    return this.#waited;
  }

  /** The wait that a share of all calls, 0 to 1, does not exceed, in ms; 0 when there are none. */
  quantileMs(share: number): number {
    const beyond = share * this.#calls - (this.#calls - this.#waited);
    if (beyond <= 0 || this.#waits === undefined) return 0;
    return Math.min(this.#waits.percentile(Math.max((beyond / this.#waited) * 100, Number.MIN_VALUE)), this.#longestMs);
  }

  /** By share, rising. */
  curve(): readonly WaitPoint[] {
    return curveShares.map((share) => ({ share, ms: this.quantileMs(share) }));
  }

  report(): WaitReport {
    return {
      meanMs: this.#calls === 0 ? 0 : this.#sumMs / this.#calls,
      p50Ms: this.quantileMs(0.5),
      p90Ms: this.quantileMs(0.9),
      p95Ms: this.quantileMs(0.95),
      p99Ms: this.quantileMs(0.99),
      longestMs: this.#longestMs,
    };
  }
}
