import type { Shift } from "../budget/shifts.ts";
import type { Candidate, Target } from "../budget/target.ts";
import { minuteKeys } from "./eligibility.ts";
import { type Claimable, type ClaimableQuota, Grounds } from "./grounds.ts";

/** Quotas that are remembered to have been claimed; those that the config still has are soon remembered again. */
const mostRemembered = 10_000;

/** All grounds that waiting calls look at; the same quota is one for all of them. */
export class KnownGrounds {
  /** By key. */
  readonly #quotas = new Map<string, ClaimableQuota>();
  #claimable = new WeakMap<Target, Claimable>();
  /** By the first target. */
  #grounds = new WeakMap<Target, Grounds[]>();
  readonly #empty = new Grounds([], -1);

  /** The grounds of a list of candidates. @param look - number of the look that is under way. */
  of(candidates: readonly Candidate[], look: number): Grounds {
    const [first] = candidates;
    if (first === undefined) return this.#empty;
    const alike = this.#grounds.get(first.target);
    const known = alike?.find((grounds) => !grounds.isLost && grounds.fits(candidates));
    if (known !== undefined) return known;
    const grounds = new Grounds(
      candidates.map(({ target }) => this.claimableOf(target)),
      look,
    );
    const living = alike?.filter(({ isLost }) => !isLost) ?? [];
    this.#grounds.set(first.target, [...living, grounds]);
    return grounds;
  }

  claimableOf(target: Target): Claimable {
    const known = this.#claimable.get(target);
    if (known !== undefined) return known;
    const quotas = minuteKeys(target).map((key) => this.#quotaOf(key));
    const claimable = { target, quotas, claimedInLook: -1, stopsInLook: -1, stopped: {}, small: undefined };
    this.#claimable.set(target, claimable);
    return claimable;
  }

  /**
   * @param key - undefined: all may have shifted.
   * @returns whether it may change something for calls that have been seen in a look: what starts later only does where claimed.
   */
  shift(key: string | undefined, shift: Shift, look: number): boolean {
    if (key === undefined) {
      this.#loseAll();
      return true;
    }
    const quota = this.#quotas.get(key);
    if (quota === undefined) return false;
    const { seats } = quota;
    // Backwards: some may leave meanwhile.
    for (let at = seats.length - 1; at >= 0; at -= 1) {
      const seat = seats[at];
      seat?.grounds.shift(seat.place, shift);
    }
    return shift === "earlier" || quota.look === look;
  }

  /** Between two looks: forgets quotas when there are too many. */
  tidy(): void {
    if (this.#quotas.size <= mostRemembered) return;
    this.#loseAll();
    this.#quotas.clear();
    // Targets must forget their quotas too, or two would know one quota as two.
    this.#claimable = new WeakMap();
    this.#grounds = new WeakMap();
  }

  #loseAll(): void {
    const all = new Set<Grounds>();
    for (const { seats } of this.#quotas.values()) for (const { grounds } of seats) all.add(grounds);
    for (const grounds of all) grounds.lose();
  }

  #quotaOf(key: string): ClaimableQuota {
    const known = this.#quotas.get(key);
    if (known !== undefined) return known;
    const quota: ClaimableQuota = { claim: undefined, look: -1, seats: [] };
    this.#quotas.set(key, quota);
    return quota;
  }
}
