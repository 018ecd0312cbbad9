/** Minutes that may still change. */
const openMinutes = 32;
const minuteMs = 60_000;

/** The most of something in any one minute of the clock; what comes late counts for the minute it belongs to, half an hour back. */
export class MinutePeak {
  readonly #sums = new Float64Array(openMinutes);
  #newest = 0;
  #peak = 0;

  add(atMs: number, amount: number): void {
    const minute = Math.floor(atMs / minuteMs);
    while (this.#newest < minute) {
      // A minute that has been left long ago makes room.
      this.#newest = minute - this.#newest > openMinutes ? minute - openMinutes : this.#newest + 1;
      this.#sums[this.#newest % openMinutes] = 0;
    }
    const place = Math.max(minute, this.#newest - openMinutes + 1) % openMinutes;
    const sum = (this.#sums[place] ?? 0) + amount;
    this.#sums[place] = sum;
    if (sum > this.#peak) this.#peak = sum;
  }

  get value(): number {
    return this.#peak;
  }
}
