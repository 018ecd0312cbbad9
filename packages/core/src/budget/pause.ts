import { habit } from "./habit.ts";

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

  /** AWS let in what was booked after its last refusal. */
  accepted(): void {
    this.#refusalsInARow = 0;
  }

  /** Each refusal in a row doubles the rest. @param part - the rest is so many times shorter; 1 up. */
  refused(nowUs: number, part: number): void {
    const times = Math.min(2 ** this.#refusalsInARow, habit.longestPause);
    this.#refusalsInARow += 1;
    this.#untilUs = nowUs + Math.ceil((this.#shortestUs / part) * times);
  }
}
