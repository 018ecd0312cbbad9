/** Length of a slot in µs, and how many there are: 45 minutes, more than any count of AWS's is late. */
const slotUs = 10_000_000;
const slots = 270;
const minuteUs = 60_000_000;

/**
 * What calls on one quota took, by when they ended. Kept in slots of the book's own clock, because the clock on the wall
 * may be set: which minute a slot belongs to is decided when somebody asks. A slot is 10 s, so a minute is off by at most
 * that much at either end.
 */
export class SettledUnits {
  /** Made with the first call: most pages of a large fleet are never written on. */
  #units: Float64Array | undefined;
  #newest = Number.NEGATIVE_INFINITY;

  /** A call ended and took so much. */
  add(units: number, nowUs: number): void {
    const slot = Math.floor(nowUs / slotUs);
    const kept = (this.#units ??= new Float64Array(slots));
    this.#forget(kept, slot);
    kept[slot % slots] = (kept[slot % slots] ?? 0) + units;
  }

  /**
   * The units of every minute that calls ended in, by the minute's beginning in ms since 1970.
   * @param epochUs - when the book's clock showed 0, in µs since 1970.
   */
  byMinute(epochUs: number, nowUs: number): ReadonlyMap<number, number> {
    const minutes = new Map<number, number>();
    if (this.#units === undefined) return minutes;
    const newest = Math.floor(nowUs / slotUs);
    this.#forget(this.#units, newest);
    for (let slot = Math.max(0, newest - slots + 1); slot <= newest; slot += 1) {
      const units = this.#units[slot % slots] ?? 0;
      if (units === 0) continue;
      const middleUs = epochUs + (slot + 0.5) * slotUs;
      const minuteMs = Math.floor(middleUs / minuteUs) * (minuteUs / 1e3);
      minutes.set(minuteMs, (minutes.get(minuteMs) ?? 0) + units);
    }
    return minutes;
  }

  /** Slots that are used again begin at 0. */
  #forget(kept: Float64Array, slot: number): void {
    if (slot <= this.#newest) return;
    const first = Math.max(0, this.#newest + 1, slot - slots + 1);
    for (let old = first; old <= slot; old += 1) kept[old % slots] = 0;
    this.#newest = slot;
  }
}
