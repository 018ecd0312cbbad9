import { type Random, seededRandom } from "@shardrock/core";
import { BookShelf, type ChargedPlace } from "../book-shelf.ts";
import { canonicalName, type CacheSpelling, type MetricName } from "./metric-name.ts";
import { Arrivals, type ArrivalOptions } from "./arrivals.ts";

/** What is added to metrics; a 0 leaves no trace. */
export type UsageCounts = Readonly<Partial<Record<MetricName, number>>>;

/** One series of CloudWatch. */
export interface SimulatedMetricQuery extends ChargedPlace {
  /** As it was called: metrics do not know which ids share a quota. */
  readonly modelId: string;
  /** As it is spelled in the question; an unknown one has no points. */
  readonly metric: string;
}

/** Minutes in ms since 1970; the first is in, the last is not. */
export interface MetricSpan {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface SimulatedMetricData {
  /** Sums by the minute's beginning, in ms since 1970, oldest first. A minute in which nothing was counted is not in it. */
  readonly byMinute: ReadonlyMap<number, number>;
  /** `PartialData`: some points that have arrived are missing from this answer. */
  readonly status: "Complete" | "PartialData";
}

export interface SimulatedMetricsOptions extends ArrivalOptions {
  /** What the times of calls are short of ms since 1970: `clock.epochMs() - clock.monotonicMs()`. Default 0: nothing. */
  readonly epochOffsetMs?: number;
  /** Share of answers that are `PartialData` and leave out about half of their points, 0 up to 1. Default 0. */
  readonly partialShare?: number;
  /** How the metrics of prompt caching are spelled. Default: as the User Guide has it. */
  readonly cacheSpelling?: CacheSpelling;
  /** Default 1. */
  readonly seed?: number;
}

const minuteMs = 60_000;
/** Points of 60 s are kept for 15 days. Source: CloudWatch API reference, "GetMetricData" (read 2026-11-22). */
const mostMinutes = 15 * 1_440;

type Series = Map<MetricName, Map<number, number>>;

/**
 * The usage metrics of a simulated AWS: counted at once, shown late. Times of calls are the caller's clock, in ms; of
 * points and spans ms since 1970.
 * Source of the delay: bedrock-facts.md, section 4.3 (AWS sample: 5 to 15 minutes).
 */
export class SimulatedMetrics {
  readonly #runtime = new BookShelf<Series>();
  readonly #mantle = new BookShelf<Series>();
  readonly #arrivals: Arrivals;
  readonly #epochOffsetMs: number;
  readonly #partialShare: number;
  readonly #cacheSpelling: CacheSpelling;
  readonly #random: Random;

  /** @throws {ShardrockError} `option-invalid` */
  constructor(options: SimulatedMetricsOptions = {}) {
    const { epochOffsetMs = 0, partialShare = 0, cacheSpelling = "documented", seed = 1 } = options;
    this.#arrivals = new Arrivals(options, seed);
    this.#epochOffsetMs = epochOffsetMs;
    this.#partialShare = partialShare;
    this.#cacheSpelling = cacheSpelling;
    this.#random = seededRandom(seed);
  }

  /** Adds to the minute it is. */
  count(place: ChargedPlace, counts: UsageCounts, nowMs: number): void {
    const minute = Math.floor((nowMs + this.#epochOffsetMs) / minuteMs);
    const series = this.#seriesOf(place);
    let name: MetricName;
    for (name in counts) {
      const amount = counts[name];
      if (amount !== undefined && amount !== 0) add(series, { name, minute, amount });
    }
  }

  /** What CloudWatch shows by now. */
  data(query: SimulatedMetricQuery, { fromMs, untilMs }: MetricSpan, nowMs: number): SimulatedMetricData {
    const name = canonicalName(query.metric, this.#cacheSpelling);
    const points = (name && this.#shelf(query).get(query)?.get(name)) ?? new Map<number, number>();
    const isPartial = this.#partialShare > 0 && this.#random() < this.#partialShare;
    const seriesName = `${query.accountId}/${query.region}/${query.endpoint}/${query.modelId}/${name}`;
    const arrivals = this.#arrivals.of(seriesName, nowMs + this.#epochOffsetMs);
    const byMinute = new Map<number, number>();
    for (const [minute, sum] of points) {
      const startMs = minute * minuteMs;
      if (startMs < fromMs || startMs >= untilMs) continue;
      const share = arrivals(startMs);
      if (share > 0 && !(isPartial && this.#random() < 0.5)) byMinute.set(startMs, share * sum);
    }
    return { byMinute, status: isPartial ? "PartialData" : "Complete" };
  }

  #seriesOf(place: ChargedPlace): Series {
    const shelf = this.#shelf(place);
    const known = shelf.get(place);
    if (known !== undefined) return known;
    const series: Series = new Map();
    shelf.set(place, series);
    return series;
  }

  #shelf({ endpoint }: ChargedPlace): BookShelf<Series> {
    return endpoint === "mantle" ? this.#mantle : this.#runtime;
  }
}

function add(
  series: Series,
  { name, minute, amount }: { readonly name: MetricName; readonly minute: number; readonly amount: number },
): void {
  const points = series.get(name) ?? new Map<number, number>();
  if (points.size === 0) series.set(name, points);
  points.set(minute, (points.get(minute) ?? 0) + amount);
  if (points.size <= mostMinutes) return;
  const [oldest] = points.keys();
  if (oldest !== undefined) points.delete(oldest);
}
