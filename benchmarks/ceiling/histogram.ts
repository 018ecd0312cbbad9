/** A bucket's width as a share of its value: what a quantile may be off by. */
const width = 0.01;
const perBucket = Math.log1p(width);

/** Waits in buckets that widen with the wait: as large for a million calls as for one. */
export class Histogram {
  readonly #counts = new Uint32Array(2_000);
  #total = 0;
  #largest = 0;

  /** The longest wait, in ms, exactly; 0 when there is none. */
  get largest(): number {
    return this.#largest;
  }

  /** @param ms - 0 or more; below 1 ms it counts as 0. */
  add(ms: number): void {
    const bucket = ms < 1 ? 0 : 1 + Math.floor(Math.log(ms) / perBucket);
    const place = Math.min(bucket, this.#counts.length - 1);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#total += 1;
    if (ms > this.#largest) this.#largest = ms;
  }

  addAll(other: Histogram): void {
    for (const [place, count] of other.#counts.entries()) this.#counts[place] = (this.#counts[place] ?? 0) + count;
    this.#total += other.#total;
    this.#largest = Math.max(this.#largest, other.#largest);
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
