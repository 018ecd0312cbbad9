import type { Cost } from "../budget/quota.ts";
import type { Shift } from "../budget/shifts.ts";
import type { Target } from "../budget/target.ts";
import type { Claim } from "./claim.ts";
import { ClaimsAhead } from "./claims-ahead.ts";

/** A quota that may be claimed: the same for every target that is charged to it. */
export interface ClaimableQuota {
  /** Who claims it, in the look it is of. */
  claim: Claim | undefined;
  look: number;
  /** Where it is one of a target's. */
  readonly seats: Seat[];
}

/** What of a target is claimed. */
export interface Claimable {
  readonly target: Target;
  /** Its minute quotas. */
  readonly quotas: readonly ClaimableQuota[];
  /** Number of the look that last found one of them claimed. */
  claimedInLook: number;
  /** Number of the look in which a cost could not go by the claims there, and the smallest such: none that is larger can. */
  stopsInLook: number;
  stopped: Cost;
  /** No cost that is as large starts before this one, in the era it was told; undefined: not known. */
  small: { readonly cost: Cost; readonly startUs: number; readonly era: number } | undefined;
}

interface Seat {
  readonly grounds: Grounds;
  readonly place: number;
}

/** Shifts that are written down; who has not read for longer must ask anew. */
const mostShifts = 512;

/** Shifts after which grounds that nobody looked at hear of no more. */
const mostUnread = 4 * mostShifts;

/** Targets that calls may use, in their order, and which of them have shifted. Calls of one lane mostly share them. */
export class Grounds {
  readonly claimables: readonly Claimable[];
  /** Places in that list; what only starts later than was told is written as `~place`. */
  readonly #shifts: number[] = [];
  /** Shifts that are not written down any more. */
  #dropped = 0;
  #unread = 0;
  #isLost = false;
  readonly #unclaimed = new ClaimsAhead();
  /** What is claimed of its quotas so far, in the look it is of. */
  #ahead = new ClaimsAhead();
  #look: number;

  /** @param look - under way: it has heard of no claim of that one. */
  constructor(claimables: readonly Claimable[], look: number) {
    this.claimables = claimables;
    this.#look = look;
    for (const [place, claimable] of claimables.entries()) {
      claimable.small = undefined; // it may have shifted while nobody was there to hear
      for (const { seats } of claimable.quotas) seats.push({ grounds: this, place });
    }
  }

  /** Nobody looked for long: it hears of no shift any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Shifts so far. */
  get shifts(): number {
    return this.#dropped + this.#shifts.length;
  }

  /** What is claimed of its quotas so far in a look. */
  aheadIn(look: number): ClaimsAhead {
    return this.#look === look ? this.#ahead : this.#unclaimed;
  }

  /** One more claim on one of its quotas. */
  claim(claim: Claim, look: number): void {
    this.#ahead = this.aheadIn(look).and(claim);
    this.#look = look;
  }

  /** Whether these are the targets of such a list. */
  fits(candidates: readonly { readonly target: Target }[]): boolean {
    if (candidates.length !== this.claimables.length) return false;
    for (let place = 0; place < candidates.length; place += 1) {
      if (candidates[place]?.target !== this.claimables[place]?.target) return false;
    }
    return true;
  }

  /** Whether it is still written down what has shifted since there were so many shifts. */
  knowsSince(shifts: number): boolean {
    this.#unread = 0;
    return shifts >= this.#dropped;
  }

  /** A place in the list; `~place` for what only starts later than was told. @param shift - its number, as `shifts` counts. */
  shiftAt(shift: number): number {
    return this.#shifts[shift - this.#dropped] ?? 0;
  }

  shift(place: number, shift: Shift): void {
    const claimable = this.claimables[place];
    if (claimable !== undefined && shift === "earlier") claimable.small = undefined;
    this.#shifts.push(shift === "later" ? ~place : place);
    this.#unread += 1;
    if (this.#shifts.length > mostShifts) this.#dropped += this.#shifts.splice(0, mostShifts / 2).length;
    if (this.#unread > mostUnread) this.lose();
  }

  /** From now on it hears of no shift. */
  lose(): void {
    this.#isLost = true;
    for (const { seats } of this.claimables.flatMap(({ quotas }) => quotas)) {
      const others = seats.filter(({ grounds }) => grounds !== this);
      seats.splice(0, seats.length, ...others);
    }
  }
}
