/** Slots of a book's ring. It counts one to two slots too much: of 60 slots that would be 2.5 % of the window, of 480 it is 0.3 %. */
export const ringSlots = 480;

/**
 * Slots that a booking stays beyond its window. AWS starts its clock when a call arrives, which is later than ours by
 * the way there; a call that took longer than the next one must still be counted when that one arrives.
 */
const guardSlots = 1;

/** Slots at the far end that may have left the window: the guard, and two that are cut. */
const doubtfulSlots = 3;

/** What rounding may leave of fractional amounts, in units: nothing. */
const dust = 1e-6;

/**
 * What was booked in the last window, in slots that expire whole. A slot counts until its last instant has left the
 * window, and one slot more, so the sum is never below what any sliding window of that length holds.
 * Times are integer µs of one monotonic clock; amounts are units of the quota.
 */
export class WindowRing {
  readonly #slotUs: number;
  /** More than the window holds: the current slot is only partly inside, and there is the guard. */
  readonly #amounts: Float64Array;
  /** Number of the newest slot, counted from the clock's zero. */
  #newest = 0;
  /** Until when the newest slot is the newest: most calls come before, and need no division. */
  #newestUntilUs: number;
  #sum = 0;
  /** Of that, what lies in the slots that may have left the window. */
  #doubtful = 0;

  constructor(windowUs: number, slots: number) {
    this.#slotUs = windowUs / slots;
    this.#newestUntilUs = this.#slotUs;
    this.#amounts = new Float64Array(slots + 1 + guardSlots);
  }

  /**
   * The ring as it is kept elsewhere, looked at in its newest slot.
   * @param entries - units by slot: its number counted from the clock's zero, whole, 0 or more. Slots too old are left out.
   */
  static of(windowUs: number, slots: number, entries: ReadonlyMap<number, number>): WindowRing {
    const ring = new WindowRing(windowUs, slots);
    for (const slot of entries.keys()) ring.#newest = Math.max(ring.#newest, slot);
    ring.#newestUntilUs = (ring.#newest + 1) * ring.#slotUs;
    const oldest = ring.#oldest();
    for (const [slot, units] of entries) if (slot >= oldest) ring.#change(slot, units);
    return ring;
  }

  /** Units in the window at the last look; what has expired since only makes it smaller. */
  get sum(): number {
    return this.#sum;
  }

  /** Units booked in the window that ends now. */
  sumAt(nowUs: number): number {
    if (nowUs >= this.#newestUntilUs) this.#roll(nowUs);
    return this.#sum;
  }

  /** Books now; the slot it returns is what `correct` wants. */
  add(amount: number, nowUs: number): number {
    if (nowUs >= this.#newestUntilUs) this.#roll(nowUs);
    this.#change(this.#newest, amount);
    return this.#newest;
  }

  /** Changes a booking: in its own slot while that is in the window; else a surplus is lost and a shortfall counts now. */
  correct(slot: number, difference: number, nowUs: number): void {
    if (nowUs >= this.#newestUntilUs) this.#roll(nowUs);
    if (slot > this.#newest - this.#amounts.length) this.#change(slot, difference);
    else if (difference > 0) this.#change(this.#newest, difference);
  }

  /** Units booked in the last window, at least: without the slots that may have left it. */
  get least(): number {
    return this.#sum - this.#doubtful;
  }

  /** Units booked since a time in the last window, or more: the slot it lies in counts whole. */
  sinceUs(fromUs: number, nowUs: number): number {
    if (nowUs >= this.#newestUntilUs) this.#roll(nowUs);
    const from = Math.max(this.#oldest(), Math.floor(fromUs / this.#slotUs));
    let sum = 0;
    for (let slot = this.#newest; slot >= from; slot -= 1) sum += this.#amounts[this.#place(slot)] ?? 0;
    return sum;
  }

  /**
   * The latest slot such that it and all after it, up to `last`, hold more than some units; undefined: there is none in
   * the last `lengthUs`. @returns when it began and ended, in µs.
   */
  overSince(
    units: number,
    last: number,
    lengthUs: number,
  ): { readonly fromUs: number; readonly untilUs: number } | undefined {
    const first = Math.max(this.#oldest(), last - Math.ceil(lengthUs / this.#slotUs));
    let sum = 0;
    for (let slot = last; slot >= first; slot -= 1) {
      sum += this.#amounts[this.#place(slot)] ?? 0;
      if (sum > units) return { fromUs: slot * this.#slotUs, untilUs: (slot + 1) * this.#slotUs };
    }
    return undefined;
  }

  /** The time from which at most `room` units are left, if nothing else is booked. */
  sumIsAtMostFromUs(room: number, nowUs: number): number {
    if (nowUs >= this.#newestUntilUs) this.#roll(nowUs);
    let left = this.#sum;
    for (let slot = this.#oldest(); slot <= this.#newest; slot += 1) {
      if (left <= room) return this.#expiresUs(slot - 1);
      left -= this.#amounts[this.#place(slot)] ?? 0;
    }
    return this.#expiresUs(this.#newest);
  }

  /** Rare, and on its own for that: what is always done stays small enough to be compiled in one piece. */
  #roll(nowUs: number): void {
    const current = Math.floor(nowUs / this.#slotUs);
    this.#newestUntilUs = (current + 1) * this.#slotUs;
    const passed = Math.min(current - this.#newest, this.#amounts.length);
    this.#newest = current;
    this.#doubtful = 0;
    if (this.#sum === 0) return;
    for (let slot = Math.max(0, current - passed + 1); slot <= current; slot += 1) {
      const place = this.#place(slot);
      this.#sum -= this.#amounts[place] ?? 0;
      this.#amounts[place] = 0;
    }
    if (this.#sum < dust) this.#sum = 0;
    for (let slot = this.#oldest(); slot < this.#doubtfulUntil; slot += 1) {
      this.#doubtful += this.#amounts[this.#place(slot)] ?? 0;
    }
  }

  #change(slot: number, difference: number): void {
    const place = this.#place(slot);
    this.#amounts[place] = (this.#amounts[place] ?? 0) + difference;
    this.#sum += difference;
    if (slot < this.#doubtfulUntil) this.#doubtful += difference;
  }

  /** The first slot that is surely still in the window. */
  get #doubtfulUntil(): number {
    return this.#newest - this.#amounts.length + 1 + doubtfulSlots;
  }

  #oldest(): number {
    return Math.max(0, this.#newest - this.#amounts.length + 1);
  }

  #place(slot: number): number {
    return slot % this.#amounts.length;
  }

  #expiresUs(slot: number): number {
    return Math.ceil((slot + this.#amounts.length) * this.#slotUs);
  }
}
