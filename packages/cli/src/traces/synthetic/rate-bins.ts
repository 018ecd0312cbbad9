/** Equal lengths of time, and how many calls came in each. */
interface Bin {
  calls: number;
  /** Sum of the squares of the gaps before its calls, in ms². */
  gapSquares: number;
}

const mostBins = 4_096;
const firstBinMs = 1;
/** A part needs so many calls that chance moves its rate by a twentieth only. */
const callsPerPart = 400;
const mostParts = 288;
/** Gaps are compared among so many calls, while the rate is about the same. */
const callsPerGroup = 100;

/** How a trace's rate changes, in memory that does not grow: bins become twice as long when there are too many. */
export class RateBins {
  #bins: Bin[] = [];
  #binMs = firstBinMs;
  #calls = 0;
  #lastMs = 0;
  #isWholeSeconds = true;

  /** @param atMs - from the first call, never less than before. */
  add(atMs: number): void {
    while (atMs / this.#binMs >= mostBins) this.#merge();
    const place = Math.floor(atMs / this.#binMs);
    while (this.#bins.length <= place) this.#bins.push({ calls: 0, gapSquares: 0 });
    const bin = this.#bins[place];
    if (bin === undefined) return;
    bin.calls += 1;
    bin.gapSquares += (atMs - this.#lastMs) ** 2;
    this.#calls += 1;
    this.#lastMs = atMs;
    if (atMs % 1_000 !== 0) this.#isWholeSeconds = false;
  }

  /** From the first call to where one more would have come; 0 for less than two calls. */
  get durationMs(): number {
    return this.#calls < 2 ? 0 : (this.#lastMs * this.#calls) / (this.#calls - 1);
  }

  /** The rate in equal parts of the duration, as multiples of the mean; one part when chance alone explains the others. */
  levels(): readonly number[] {
    const parts = Math.min(mostParts, Math.max(1, Math.floor(this.#calls / callsPerPart)));
    const counts = this.#resampled(parts);
    const mean = this.#calls / parts;
    const spread = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0) / Math.max(1, parts - 1);
    if (spread <= 1.5 * Math.max(1, this.gapVariation ** 2)) return [1];
    return counts.map((count) => count / mean);
  }

  /**
   * Standard deviation of the gaps between calls by their mean, where the rate is about the same: 1 is Poisson. Times in
   * whole seconds say nothing of gaps shorter than that: then it is taken for 1.
   */
  get gapVariation(): number {
    if (this.#calls < 3 || (this.#isWholeSeconds && this.durationMs / this.#calls < 3_000)) return 1;
    let squares = 0;
    let weight = 0;
    let group = { calls: 0, gapSquares: 0, bins: 0 };
    for (const { calls, gapSquares } of this.#bins) {
      group = { calls: group.calls + calls, gapSquares: group.gapSquares + gapSquares, bins: group.bins + 1 };
      if (group.calls < callsPerGroup) continue;
      squares += group.calls * variationSquare(group, this.#binMs);
      weight += group.calls;
      group = { calls: 0, gapSquares: 0, bins: 0 };
    }
    if (weight === 0) squares = (weight = group.calls) * variationSquare(group, this.#binMs);
    return Math.sqrt(Math.max(0, squares / weight));
  }

  #resampled(parts: number): readonly number[] {
    const counts = Array.from({ length: parts }, () => 0);
    const partMs = this.durationMs / parts;
    for (const [place, { calls }] of this.#bins.entries()) {
      const fromMs = place * this.#binMs;
      const toMs = Math.min(fromMs + this.#binMs, Math.max(this.durationMs, fromMs + 1e-9));
      for (let part = Math.floor(fromMs / partMs); part < parts && part * partMs < toMs; part += 1) {
        const overlapMs = Math.min(toMs, (part + 1) * partMs) - Math.max(fromMs, part * partMs);
        counts[part] = (counts[part] ?? 0) + (calls * Math.max(0, overlapMs)) / (toMs - fromMs);
      }
    }
    return counts;
  }

  #merge(): void {
    const merged: Bin[] = [];
    for (let place = 0; place < this.#bins.length; place += 2) {
      const [one, other] = [this.#bins[place], this.#bins[place + 1]];
      merged.push({
        calls: (one?.calls ?? 0) + (other?.calls ?? 0),
        gapSquares: (one?.gapSquares ?? 0) + (other?.gapSquares ?? 0),
      });
    }
    this.#bins = merged;
    this.#binMs *= 2;
  }
}

/** The square of the gaps' deviation by their mean. */
function variationSquare(
  { calls, gapSquares, bins }: { readonly calls: number; readonly gapSquares: number; readonly bins: number },
  binMs: number,
): number {
  const lengthMs = bins * binMs;
  return (gapSquares * calls) / (lengthMs * lengthMs) - 1;
}
