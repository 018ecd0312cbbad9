import type { Evidence } from "./evidence.ts";
import { habit } from "./habit.ts";

/** What calls ask of a quota. Its times are µs of the book's clock. */
export interface DemandRecord {
  /** Since when the limit binds; left out: it does not. */
  readonly boundSinceUs?: number;
  /** Whether a call has reached the burst since time was last looked at. */
  readonly hitBurst: boolean;
  /** Share of the limit that a call takes, lately. */
  readonly usualHold: number;
  /** When it was last looked at what time brings. */
  readonly tickedUs: number;
}

/** How long a quota's limit has bound, and what calls take of it. */
export class Demand {
  readonly #windowUs: number;
  #usualHold = 0;
  #hitBurst = false;
  #boundSinceUs: number | undefined;
  #tickedUs = 0;
  #nextTickUs: number;

  constructor(windowUs: number) {
    this.#windowUs = windowUs;
    this.#nextTickUs = windowUs / habit.ticksPerWindow;
  }

  get usualHold(): number {
    return this.#usualHold;
  }

  get hitBurst(): boolean {
    return this.#hitBurst;
  }

  get record(): DemandRecord {
    const boundSinceUs = this.#boundSinceUs;
    return {
      ...(boundSinceUs === undefined ? {} : { boundSinceUs }),
      hitBurst: this.#hitBurst,
      usualHold: this.#usualHold,
      tickedUs: this.#tickedUs,
    };
  }

  adopt({ boundSinceUs, hitBurst, usualHold, tickedUs }: DemandRecord): void {
    this.#boundSinceUs = boundSinceUs;
    this.#hitBurst = hitBurst;
    this.#usualHold = usualHold;
    this.#ticked(tickedUs);
  }

  /** A call was booked. @returns whether it is time to look at what time brings. */
  booked({ hold, level }: Pick<Evidence, "hold" | "level">, burst: number, nowUs: number): boolean {
    this.#usualHold += (hold - this.#usualHold) / 32;
    if (level >= burst * 0.95) this.#hitBurst = true;
    return nowUs >= this.#nextTickUs;
  }

  /** Looks at the time. @returns how long it was not looked at, in µs. */
  tick(nowUs: number): number {
    const sinceUs = nowUs - this.#tickedUs;
    this.#ticked(nowUs);
    return sinceUs;
  }

  /** @param fill - share of the limit that the last window holds. @returns whether the limit binds or does not from now on. */
  note(fill: number, nowUs: number): boolean {
    const before = this.#boundSinceUs;
    if (fill < habit.slack) this.#boundSinceUs = undefined;
    else if (fill >= habit.binding) this.#boundSinceUs ??= nowUs;
    return this.#boundSinceUs !== before;
  }

  /** Whether the limit has bound for long enough to ask for more. */
  isBound(nowUs: number): boolean {
    return this.#boundSinceUs !== undefined && nowUs - this.#boundSinceUs >= this.#windowUs * habit.patience;
  }

  /** What bound was answered with more; whether the burst binds must be seen again. */
  answered(): void {
    this.#hitBurst = false;
  }

  #ticked(atUs: number): void {
    this.#tickedUs = atUs;
    this.#nextTickUs = atUs + this.#windowUs / habit.ticksPerWindow;
  }
}
