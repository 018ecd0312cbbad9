/** Answers needed before it is known what is usual. */
const leastKnown = 10;

/** Buckets of answer times widen by this much; the last holds all from a quarter of an hour up. */
const widening = Math.log(1.25);
const buckets = 64;

/** Each answer weighs as much more than the one before, so that one a hundred answers ago weighs a third. */
const growth = 1 / 0.99;
const mostWeight = 1e9;

/** Answers this many times later than usual are slow, from one second up. */
const slowFactor = 5;
const leastSlowMs = 1_000;

/**
 * How long answers of one model and operation take, wherever. It follows slowly, and more slowly what is late: a fault must
 * not become usual before it is found.
 */
export class AnswerTimes {
  /** Weights of answers, by how long they took. */
  readonly #weights = new Float64Array(buckets);
  /** Of the next answer, and of all. */
  #weight = 1;
  #total = 0;
  #count = 0;
  #meanMs = 0;

  get isKnown(): boolean {
    return this.#count >= leastKnown;
  }

  /** Whether an answer is late; none is before it is known what is usual. */
  isSlow(tookMs: number): boolean {
    return this.isKnown && tookMs > this.slowMs;
  }

  learn(tookMs: number): void {
    const isSlow = this.isSlow(tookMs);
    this.#count += 1;
    const weight = isSlow ? 0.01 : Math.max(1 / this.#count, 0.02);
    this.#meanMs += (Math.min(tookMs, isSlow ? this.slowMs : tookMs) - this.#meanMs) * weight;
    const bucket = bucketOf(tookMs);
    const added = isSlow ? this.#weight / 2 : this.#weight;
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + added;
    this.#total += added;
    this.#weight *= growth;
    if (this.#weight > mostWeight) this.#rescale();
  }

  /** The share of answers that take longer, above 0 up to 1; one that nobody has seen yet counts for half of one. */
  shareAbove(ms: number): number {
    let above = this.#weight / 2;
    for (let bucket = bucketOf(ms); bucket < buckets; bucket += 1) above += this.#weights[bucket] ?? 0;
    return Math.min(1, above / (this.#total + this.#weight / 2));
  }

  #rescale(): void {
    for (let bucket = 0; bucket < buckets; bucket += 1)
      this.#weights[bucket] = (this.#weights[bucket] ?? 0) / mostWeight;
    this.#total /= mostWeight;
    this.#weight /= mostWeight;
  }

  /** Answers that take longer are late, once it is known what is usual; in ms. */
  get slowMs(): number {
    return Math.max(leastSlowMs, this.#meanMs * slowFactor);
  }
}

function bucketOf(ms: number): number {
  return Math.min(buckets - 1, Math.floor(Math.log(Math.max(1, ms)) / widening));
}
