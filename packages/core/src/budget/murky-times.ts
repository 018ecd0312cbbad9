/** How many stretches are remembered; what happened before them is decided long since. */
const mostRemembered = 32;

/**
 * Stretches of time in which calls that AWS refused were under way: the book held more than AWS did, so what it let in
 * then says nothing. Times are µs of one monotonic clock.
 */
export class MurkyTimes {
  readonly #stretches: { fromUs: number; untilUs: number }[] = [];

  /** A refused call was under way. */
  add(fromUs: number, untilUs: number): void {
    const last = this.#stretches.at(-1);
    if (last !== undefined && fromUs <= last.untilUs) {
      last.fromUs = Math.min(last.fromUs, fromUs);
      last.untilUs = untilUs;
      return;
    }
    this.#stretches.push({ fromUs, untilUs });
    if (this.#stretches.length > mostRemembered) this.#stretches.shift();
  }

  has(atUs: number): boolean {
    return this.#stretches.some(({ fromUs, untilUs }) => atUs >= fromUs && atUs <= untilUs);
  }
}
