import { habit } from "./habit.ts";

export interface PauseRecord {
  readonly refusalsInARow: number;
  readonly untilUs: number;
}

/** How long a quota rests after AWS refused what it had room for. Times are µs of one monotonic clock. */
export class Pause {
  readonly #shortestUs: number;
  #refusalsInARow = 0;
  #untilUs = Number.NEGATIVE_INFINITY;

  constructor(windowUs: number) {
    this.#shortestUs = windowUs / habit.pausesPerWindow;
  }

  /** Until when nothing starts. */
  get untilUs(): number {
    return this.#untilUs;
  }

  get record(): PauseRecord {
    return { refusalsInARow: this.#refusalsInARow, untilUs: this.#untilUs };
  }

  adopt({ refusalsInARow, untilUs }: PauseRecord): void {
    this.#refusalsInARow = refusalsInARow;
    this.#untilUs = untilUs;
  }

  /** AWS let in what was booked after its last refusal. @returns whether that is new. */
  accepted(): boolean {
    if (this.#refusalsInARow === 0) return false;
    this.#refusalsInARow = 0;
    return true;
  }

  /** Each refusal in a row doubles the rest. @param part - the rest is so many times shorter; 1 up. */
  refused(nowUs: number, part: number): void {
    const times = Math.min(2 ** this.#refusalsInARow, habit.longestPause);
    this.#refusalsInARow += 1;
    this.#untilUs = nowUs + Math.ceil((this.#shortestUs / part) * times);
  }
}
