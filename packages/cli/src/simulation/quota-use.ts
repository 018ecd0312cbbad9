import type { Quota, Target } from "@shardrock/core";
import { MinutePeak } from "./minute-peak.ts";
import type { Series, Timeline } from "./timeline.ts";

/** One minute quota as AWS kept it during a run. Amounts are in its unit. */
export interface QuotaReport {
  readonly key: string;
  readonly unit: Quota["unit"];
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: Target["endpoint"];
  /** Names of the models that are charged to it. */
  readonly models: readonly string[];
  /** Units per minute window. */
  readonly limit: number;
  readonly windowMs: number;
  /** What calls took of it in the end. */
  readonly used: number;
  /** Of what it carried from the first call to the last, 0 to 1 or a little more. */
  readonly utilisation: number;
  /** The most that calls begun within one minute took of it, of the limit per minute. */
  readonly peakUtilisation: number;
  /** Calls that AWS refused because of it. */
  readonly throttled: number;
  /** While so long, calls waited that it had no room for. */
  readonly boundMs: number;
  /** When that began first; undefined: never. */
  readonly firstBoundAtMs: number | undefined;
  /** By bucket of the run: units used, calls refused, and ms bound. */
  readonly usedOverTime: readonly number[];
  readonly throttledOverTime: readonly number[];
  readonly boundMsOverTime: readonly number[];
}

export interface QuotaUseOptions {
  readonly quota: Quota;
  readonly target: Target;
  readonly limit: number;
  readonly timeline: Timeline;
}

/** Counts what happens to one quota. */
export class QuotaUse {
  readonly models: Set<string> = new Set();
  /** A target that is charged to nothing else: what the book says of it, it says of the quota. */
  readonly alone: Target;
  readonly #options: QuotaUseOptions;
  readonly #peak = new MinutePeak();
  readonly #usedOverTime: Series;
  readonly #throttledOverTime: Series;
  readonly #boundOverTime: Series;
  #used = 0;
  #throttled = 0;
  #boundMs = 0;
  #firstBoundAtMs: number | undefined;

  constructor(options: QuotaUseOptions) {
    this.#options = options;
    this.alone = { ...options.target, quotas: [options.quota] };
    this.#usedOverTime = options.timeline.series("sum");
    this.#throttledOverTime = options.timeline.series("sum");
    this.#boundOverTime = options.timeline.series("sum");
  }

  get unit(): Quota["unit"] {
    return this.#options.quota.unit;
  }

  /** A call that began at a time took so much in the end. */
  take(amount: number, beganMs: number): void {
    this.#used += amount;
    this.#peak.add(beganMs, amount);
    this.#usedOverTime.add(this.#options.timeline.bucketOf(beganMs), amount);
  }

  throttle(atMs: number): void {
    this.#throttled += 1;
    this.#throttledOverTime.add(this.#options.timeline.bucketOf(atMs), 1);
  }

  /** It kept calls waiting for `ms` from then on. */
  bind(atMs: number, ms: number): void {
    this.#boundMs += ms;
    this.#firstBoundAtMs ??= atMs;
    this.#boundOverTime.add(this.#options.timeline.bucketOf(atMs), ms);
  }

  /** @param spanMs - from the first call to the last, above 0. */
  report(spanMs: number): QuotaReport {
    const { quota, target, limit, timeline } = this.#options;
    const { accountId, region, endpoint } = target;
    const minuteLimit = (limit * 60_000) / quota.windowMs;
    return {
      key: quota.key,
      unit: quota.unit,
      accountId,
      region,
      endpoint,
      models: [...this.models].toSorted(),
      limit,
      windowMs: quota.windowMs,
      used: this.#used,
      utilisation: shareOf(this.#used, (limit * spanMs) / quota.windowMs),
      peakUtilisation: shareOf(this.#peak.value, minuteLimit),
      throttled: this.#throttled,
      boundMs: this.#boundMs,
      firstBoundAtMs: this.#firstBoundAtMs,
      usedOverTime: this.#usedOverTime.upTo(timeline.reached),
      throttledOverTime: this.#throttledOverTime.upTo(timeline.reached),
      boundMsOverTime: this.#boundOverTime.upTo(timeline.reached),
    };
  }
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
