/** Most stretches that a run is cut into. */
export const mostBuckets = 288;

/** What merging two neighbours makes of their values. */
export type Merge = "sum" | "largest";

/** Values over time, one for each bucket; later ones may still change. */
export class Series {
  readonly #values = new Float64Array(mostBuckets);
  readonly #merge: Merge;

  constructor(merge: Merge) {
    this.#merge = merge;
  }

  add(bucket: number, amount: number): void {
    this.#values[bucket] = (this.#values[bucket] ?? 0) + amount;
  }

  raise(bucket: number, value: number): void {
    if (value > (this.#values[bucket] ?? 0)) this.#values[bucket] = value;
  }

  /** Two buckets become one. */
  halve(): void {
    const values = this.#values;
    for (let bucket = 0; bucket < mostBuckets; bucket += 1) {
      const [one, other] = [values[2 * bucket] ?? 0, values[2 * bucket + 1] ?? 0];
      values[bucket] = this.#merge === "sum" ? one + other : Math.max(one, other);
    }
  }

  upTo(buckets: number): readonly number[] {
    return Array.from(this.#values.subarray(0, buckets));
  }
}

/**
 * Cuts a run into equal buckets of time. When it grows longer than they reach, neighbours are merged and each is twice as
 * long: as much memory for a month as for a minute.
 */
export class Timeline {
  readonly #series: Series[] = [];
  #bucketMs: number;
  #untilMs = 0;

  /** @param bucketMs - length of a bucket at first, in ms above 0. */
  constructor(bucketMs = 1_000) {
    this.#bucketMs = bucketMs;
  }

  /** Length of a bucket now, in ms. */
  get bucketMs(): number {
    return this.#bucketMs;
  }

  /** Buckets that time has reached. */
  get reached(): number {
    return Math.floor(this.#untilMs / this.#bucketMs) + 1;
  }

  series(merge: Merge): Series {
    const series = new Series(merge);
    this.#series.push(series);
    return series;
  }

  /** The bucket of a time, in ms from 0 up; longer ago or later than any before. */
  bucketOf(atMs: number): number {
    if (atMs > this.#untilMs) this.#untilMs = atMs;
    while (atMs >= this.#bucketMs * mostBuckets) {
      for (const series of this.#series) series.halve();
      this.#bucketMs *= 2;
    }
    return Math.floor(atMs / this.#bucketMs);
  }
}
