/** Calls that AWS refused were under way. */
export interface MurkyTime {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** How many stretches are remembered; what happened before them is decided long since. */
export const mostRemembered = 32;

/**
 * Stretches of time in which calls that AWS refused were under way: the book held more than AWS did, so what it let in
 * then says nothing. Times are µs of one monotonic clock.
 */
export class MurkyTimes {
  #stretches: MurkyTime[] = [];

  get record(): readonly MurkyTime[] {
    return [...this.#stretches];
  }

  adopt(record: readonly MurkyTime[]): void {
    this.#stretches = [...record];
  }

  /** A refused call was under way. */
  add(fromUs: number, untilUs: number): void {
    const last = this.#stretches.at(-1);
    const isSame = last !== undefined && fromUs <= last.untilUs;
    if (isSame) this.#stretches.pop();
    this.#stretches.push({ fromUs: isSame ? Math.min(last.fromUs, fromUs) : fromUs, untilUs });
    if (this.#stretches.length > mostRemembered) this.#stretches.shift();
  }

  has(atUs: number): boolean {
    return this.#stretches.some(({ fromUs, untilUs }) => atUs >= fromUs && atUs <= untilUs);
  }
}
