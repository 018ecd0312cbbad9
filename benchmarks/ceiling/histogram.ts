/** A bucket's width as a share of its value: what a quantile may be off by. */
const width = 0.01;
const perBucket = Math.log1p(width);

/** Waits in buckets that widen with the wait: as large for a million calls as for one. */
export class Histogram {
  readonly #counts = new Uint32Array(2_000);
  #total = 0;
  #largest = 0;

  /** @param ms - 0 or more; below 1 ms it counts as 0. */
  add(ms: number): void {
    const bucket = ms < 1 ? 0 : 1 + Math.floor(Math.log(ms) / perBucket);
    const last = Math.min(bucket, this.#counts.length - 1);
    this.#counts[last] = (this.#counts[last] ?? 0) + 1;
    this.#total += 1;
    if (ms > this.#largest) this.#largest = ms;
  }

  /** The wait that a share of all calls does not exceed, in ms, 1 % coarse; 0 when there is none. */
  quantile(share: number): number {
    let left = share * this.#total;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0)
        return bucket === 0 ? 0 : Math.min(Math.exp((bucket - 0.5) * perBucket), this.#largest);
    }
    return 0;
  }
}
