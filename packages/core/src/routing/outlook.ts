import type { Candidate } from "../budget/target.ts";
import type { Random } from "../random.ts";
import type { Asking } from "./asking.ts";
import { isAtLeast } from "./cost-order.ts";
import type { Grounds } from "./grounds.ts";
import { score } from "./picker.ts";

/**
 * What is known of where one waiting call may start, and when: the book is asked again only for what has shifted, and only
 * where that may matter. Times are µs on `monotonicMs`; candidates go by their place in the list.
 */
export class Outlook {
  readonly candidates: readonly Candidate[];
  readonly grounds: Grounds;
  /** What the book told; NaN: not known. */
  readonly #startsUs: number[];
  /** None starts before. */
  readonly #atLeastUs: number[];
  /** Shifts of its grounds that it knows of. */
  #shifts: number;

  constructor(candidates: readonly Candidate[], grounds: Grounds) {
    this.candidates = candidates;
    this.grounds = grounds;
    this.#startsUs = candidates.map(() => Number.NaN);
    this.#atLeastUs = candidates.map(() => Number.NEGATIVE_INFINITY);
    this.#shifts = grounds.shifts;
  }

  /** Whether it is of these candidates, and hears what shifts. */
  isOf(candidates: readonly Candidate[]): boolean {
    if (this.grounds.isLost) return false;
    if (candidates === this.candidates) return true;
    if (candidates.length !== this.candidates.length) return false;
    return candidates.every((candidate, place) => candidate === this.candidates[place]);
  }

  /** Shifts of its grounds that it knows of: what `bringUp` has not told it yet comes after. */
  get shifts(): number {
    return this.#shifts;
  }

  /** Forgets what has shifted since the last time. @returns false when nobody knows any more what that is: all is forgotten. */
  bringUp(): boolean {
    const { shifts } = this.grounds;
    const since = this.#shifts;
    if (shifts === since) return true;
    this.#shifts = shifts;
    if (!this.grounds.knowsSince(since)) {
      this.forget();
      return false;
    }
    for (let at = since; at < shifts; at += 1) this.#shift(this.grounds.shiftAt(at));
    return true;
  }

  /** Whether a candidate starts later than a time; asks when it must. */
  startsAfter(place: number, timeUs: number, asking: Asking): boolean {
    return this.earliestUs(place, asking) > timeUs || this.startUs(place, asking) > timeUs;
  }

  forget(): void {
    this.#startsUs.fill(Number.NaN);
    this.#atLeastUs.fill(Number.NEGATIVE_INFINITY);
  }

  /** When a candidate starts: up to now it fits. */
  startUs(place: number, asking: Asking): number {
    const known = this.#startsUs[place] ?? Number.NaN;
    return known > asking.nowUs ? known : this.#ask(place, asking);
  }

  /** When a candidate starts, as was last told; NaN: not known. */
  toldUs(place: number): number {
    return this.#startsUs[place] ?? Number.NaN;
  }

  /** No later than a candidate starts, as far as is known without asking; -Infinity: nothing is. */
  earliestUs(place: number, { nowUs, era }: Asking): number {
    const startUs = this.#startsUs[place] ?? Number.NaN;
    if (startUs > nowUs) return startUs;
    const atLeastUs = this.#atLeastUs[place] ?? Number.NEGATIVE_INFINITY;
    if (atLeastUs > nowUs) return atLeastUs;
    const small = this.grounds.claimables[place]?.small;
    if (small === undefined || small.era !== era || small.startUs <= nowUs) return Number.NEGATIVE_INFINITY;
    if (!isAtLeast(this.candidates[place]?.cost ?? {}, small.cost)) return Number.NEGATIVE_INFINITY;
    this.#atLeastUs[place] = small.startUs;
    return small.startUs;
  }

  /**
   * The best of the candidates that are not claimed, as `pickBest` would say; asks for no more than those that may be it.
   * @returns its place; -1: there is none, or none can ever start.
   */
  pick(asking: Asking, look: number, random: Random): number {
    const latestUs = this.#askSoonest(asking, look);
    let best = -1;
    let bestScore = Number.POSITIVE_INFINITY;
    let ties = 1;
    for (let place = 0; place < this.candidates.length; place += 1) {
      const startUs = this.#startsUs[place] ?? Number.NaN;
      // What is not known starts later than one that is; also true of NaN, as it is written.
      if (!(startUs <= latestUs) || this.#isClaimed(place, look)) continue;
      const ranked = score(asking.inMs(startUs), this.candidates[place]?.target.weight ?? 1);
      if (ranked > bestScore || startUs === Number.POSITIVE_INFINITY) continue;
      ties = ranked === bestScore ? ties + 1 : 1;
      if (ties > 1 && random() * ties >= 1) continue;
      best = place;
      bestScore = ranked;
    }
    return best;
  }

  /** Asks until the soonest start is known. @returns it; now, when it is not later. */
  #askSoonest(asking: Asking, look: number): number {
    const { nowUs } = asking;
    const count = this.candidates.length;
    let soonestUs = Number.POSITIVE_INFINITY;
    let first = -1;
    let firstUs = Number.POSITIVE_INFINITY;
    for (let place = 0; place < count; place += 1) {
      if (this.#isClaimed(place, look)) continue;
      const startUs = this.#startsUs[place] ?? Number.NaN;
      if (startUs > nowUs) {
        if (startUs < soonestUs) soonestUs = startUs;
        continue;
      }
      this.#startsUs[place] = Number.NaN; // its time has come, or is not known
      const earliestUs = this.earliestUs(place, asking);
      if (first >= 0 && earliestUs >= firstUs) continue;
      first = place;
      firstUs = earliestUs;
    }
    if (first < 0) return soonestUs;
    if (firstUs <= Math.max(soonestUs, nowUs)) soonestUs = Math.min(soonestUs, this.#ask(first, asking));
    for (let place = 0; place < count; place += 1) {
      if (place === first || !Number.isNaN(this.#startsUs[place]) || this.#isClaimed(place, look)) continue;
      if (this.earliestUs(place, asking) > Math.max(soonestUs, nowUs)) continue;
      soonestUs = Math.min(soonestUs, this.#ask(place, asking));
    }
    return Math.max(soonestUs, nowUs);
  }

  #ask(place: number, asking: Asking): number {
    const candidate = this.candidates[place];
    const claimable = this.grounds.claimables[place];
    if (candidate === undefined || claimable === undefined) return Number.POSITIVE_INFINITY;
    const startUs = asking.startUs(candidate);
    this.#startsUs[place] = startUs;
    const { small } = claimable;
    const { cost } = candidate;
    const isSmallest =
      small === undefined || small.era !== asking.era || small.startUs <= asking.nowUs || isAtLeast(small.cost, cost);
    if (isSmallest) claimable.small = { cost, startUs, era: asking.era };
    return startUs;
  }

  #isClaimed(place: number, look: number): boolean {
    return this.grounds.claimables[place]?.claimedInLook === look;
  }

  #shift(shift: number): void {
    const place = shift < 0 ? ~shift : shift;
    const startUs = this.#startsUs[place] ?? Number.NaN;
    if (shift >= 0) this.#atLeastUs[place] = Number.NEGATIVE_INFINITY;
    else if (!Number.isNaN(startUs)) this.#atLeastUs[place] = startUs;
    this.#startsUs[place] = Number.NaN;
  }
}
