/** Counts calls by name, of so many names at most: what comes after is counted together. */
export class NameCounts {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  #others = 0;
  #unnamed = 0;

  constructor(most = 1_000) {
    this.#most = most;
  }

  add(name: string | undefined): void {
    if (name === undefined) {
      this.#unnamed += 1;
      return;
    }
    const count = this.#counts.get(name);
    if (count === undefined && this.#counts.size >= this.#most) this.#others += 1;
    else this.#counts.set(name, (count ?? 0) + 1);
  }

  /** The most frequent first; equal ones by name. */
  get counts(): readonly (readonly [name: string, count: number])[] {
    return [...this.#counts].toSorted(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1));
  }

  /** Calls of names beyond those that are counted one by one. */
  get others(): number {
    return this.#others;
  }

  get unnamed(): number {
    return this.#unnamed;
  }

  /** Share of the named calls, four digits. */
  get shares(): Readonly<Record<string, number>> {
    const total = this.counts.reduce((sum, [, count]) => sum + count, 0);
    return Object.fromEntries(this.counts.map(([name, count]) => [name, Math.round((count / total) * 1e4) / 1e4]));
  }
}
