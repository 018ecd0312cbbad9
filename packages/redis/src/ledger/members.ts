/** How long a process that has gone counts when quotas are divided. */
const rememberedMs = 600_000;

/** Who shares the book, as far as it was seen. */
export class Members {
  readonly #self: string;
  #living: ReadonlySet<string> | undefined;
  /** How many were seen when, falling. */
  #counts: { readonly atMs: number; readonly count: number }[] = [];

  constructor(self: string) {
    this.#self = self;
  }

  /** The store told who lives. @param nowMs - the clock's `monotonicMs`. @returns whether somebody came or went. */
  saw(ids: readonly string[], nowMs: number): boolean {
    const living = new Set([...ids, this.#self]);
    const before = this.#living;
    this.#living = living;
    const count = living.size;
    this.#counts = [
      ...this.#counts.filter((seen) => seen.count > count && !isOld(seen.atMs, nowMs)),
      { atMs: nowMs, count },
    ];
    return before?.size !== count || ids.some((id) => !before.has(id));
  }

  /** How many live, with this process. */
  get count(): number {
    return this.#living?.size ?? 1;
  }

  /** The most that were seen in ten minutes. */
  most(nowMs: number): number {
    const counts = this.#counts.filter(({ atMs }) => !isOld(atMs, nowMs));
    return Math.max(this.count, ...counts.map(({ count }) => count));
  }

  /** Whether a process lives; nobody is taken for dead before the store has told. */
  has(id: string): boolean {
    return this.#living?.has(id) ?? true;
  }
}

function isOld(atMs: number, nowMs: number): boolean {
  return atMs < nowMs - rememberedMs;
}
