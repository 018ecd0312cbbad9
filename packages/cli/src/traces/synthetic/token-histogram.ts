/** Sizes up to here are counted one by one, larger ones to a thousandth. */
const exactBelow = 4_096;
const stepsPerOctave = 2_048;

/** How many calls had which size: quantiles in memory that does not grow with the number of calls. */
export class TokenHistogram {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #largest = 0;

  /** @param size - a whole number from 0 up. */
  add(size: number): void {
    const bucket = size < exactBelow ? size : bucketOf(size);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count += 1;
    this.#sum += size;
    if (size > this.#largest) this.#largest = size;
  }

  get count(): number {
    return this.#count;
  }

  /** 0 when nothing was counted. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get largest(): number {
    return this.#largest;
  }

  /** For each share (rising, 0 to 1), the smallest size that at least that share of calls does not exceed. */
  quantiles(shares: readonly number[]): readonly number[] {
    const sizes = [...this.#counts].toSorted(([one], [other]) => one - other);
    let passed = sizes[0]?.[1] ?? 0;
    let place = 0;
    return shares.map((share) => {
      while (passed < share * this.#count - 1e-9 && place < sizes.length - 1) {
        place += 1;
        passed += sizes[place]?.[1] ?? 0;
      }
      return Math.min(sizes[place]?.[0] ?? 0, this.#largest);
    });
  }

  quantile(share: number): number {
    return this.quantiles([share])[0] ?? 0;
  }
}

/** The lower end of the bucket a size falls in. */
function bucketOf(size: number): number {
  const width = 2 ** (Math.floor(Math.log2(size)) + 1) / stepsPerOctave / 2;
  return Math.floor(size / width) * width;
}
