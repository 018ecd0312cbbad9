/** How long a process that has gone counts when quotas are divided. */
const rememberedMs = 600_000;

/** Who shares the book, as far as it was seen. */
export class Members {
  readonly #self: string;
  #living: ReadonlySet<string> | undefined;
  /** How many were seen when, falling. */
  #counts: { readonly atMs: number; readonly count: number }[] = [];
  readonly #lifeMs: number;
  readonly #expected: number;
  /** Since when the store has been there to be told who lives; undefined: since its next answer. */
  #watchedFromMs: number | undefined;
  /** Whether that is so long ago that who lives has told. */
  #isComplete = false;

  /**
   * @param lifeMs - how long a process counts as living without a word.
   * @param expected - processes there should be, 1 up: they count as seen when the store is first met, and before.
   */
  constructor(self: string, lifeMs: number, expected = 1) {
    this.#self = self;
    this.#lifeMs = lifeMs;
    this.#expected = expected;
  }

  /** The store was away, or has lost what it held: others that live may not have told it yet. */
  watchAnew(): void {
    this.#watchedFromMs = undefined;
    this.#isComplete = false;
  }

  /** The store told who lives. @param nowMs - the clock's `monotonicMs`. @returns whether somebody came or went, as far as is known. */
  saw(ids: readonly string[], nowMs: number): boolean {
    const living = new Set([...ids, this.#self]);
    const before = this.#living;
    if (before === undefined && this.#expected > 1) this.#counts = [{ atMs: nowMs, count: this.#expected }];
    const wasComplete = this.#isComplete;
    this.#watchedFromMs ??= nowMs;
    this.#isComplete = nowMs >= this.#watchedFromMs + this.#lifeMs;
    this.#living = living;
    const count = living.size;
    this.#counts = [
      ...this.#counts.filter((seen) => seen.count > count && !isOld(seen.atMs, nowMs)),
      { atMs: nowMs, count },
    ];
    if (this.#isComplete !== wasComplete) return true;
    return before?.size !== count || ids.some((id) => !before.has(id));
  }

  /** How many live, with this process. */
  get count(): number {
    return this.#living?.size ?? 1;
  }

  /** The most that were seen in ten minutes; before any were, as many as are expected. */
  most(nowMs: number): number {
    if (this.#living === undefined) return this.#expected;
    const counts = this.#counts.filter(({ atMs }) => !isOld(atMs, nowMs));
    return Math.max(this.count, ...counts.map(({ count }) => count));
  }

  /** Whether a process lives; nobody is taken for dead before each had time to tell. */
  has(id: string): boolean {
    return !this.#isComplete || this.#living?.has(id) !== false;
  }
}

function isOld(atMs: number, nowMs: number): boolean {
  return atMs < nowMs - rememberedMs;
}
