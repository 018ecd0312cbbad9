import type { Asking } from "./asking.ts";
import type { Claims } from "./claims.ts";
import type { ClaimsAhead } from "./claims-ahead.ts";
import type { Claimable } from "./grounds.ts";
import type { Outlook } from "./outlook.ts";

/** What a look found for a call that must wait. Places are those of its candidates, times are µs on `monotonicMs`. */
export interface Wait {
  /** Where it starts earliest of what nobody has claimed; -1: all is claimed. */
  readonly place: number;
  /** When; Infinity: all is claimed. */
  readonly startUs: number;
  /** What it claims; undefined: nothing. */
  readonly claimed: Claimable | undefined;
  /** From when on it may fit where claims could be passed. */
  readonly passesUs: number;
}

/** The look that is under way. */
interface Now {
  readonly asking: Asking;
  readonly claims: Claims;
}

/** Remembers what was found for one waiting call: a look finds the same until something has changed that matters. */
export class Finding {
  readonly outlook: Outlook;
  #wait: Wait | undefined;
  /** The claims ahead it was found behind, and which of its candidates they are on. */
  #ahead: ClaimsAhead | undefined;
  readonly #wereClaimed: boolean[] = [];

  constructor(outlook: Outlook) {
    this.outlook = outlook;
  }

  /** What a look has just found. */
  note(wait: Wait, look: number): void {
    const { claimables } = this.outlook.grounds;
    this.#wait = wait;
    this.#ahead = this.outlook.grounds.aheadIn(look);
    for (let place = 0; place < claimables.length; place += 1) {
      this.#wereClaimed[place] = claimables[place]?.claimedInLook === look;
    }
  }

  /**
   * Brings the outlook up to date.
   * @param isHomeless - false: where its prompt is cached counts too, and that changes with all that waits.
   * @returns what would be found again; undefined: look anew.
   */
  still(asking: Asking, claims: Claims, isHomeless: boolean): Wait | undefined {
    const { outlook } = this;
    const { grounds, shifts: since } = outlook;
    const wait = this.#wait;
    const isKnown = outlook.bringUp();
    if (wait === undefined) return undefined;
    this.#wait = undefined;
    const isDue = wait.startUs <= asking.nowUs || wait.passesUs <= asking.nowUs;
    if (!isKnown || !isHomeless || isDue) return undefined;
    const now = { asking, claims };
    for (let at = since; at < outlook.shifts; at += 1) {
      if (this.#matters(grounds.shiftAt(at), wait, now)) return undefined;
    }
    this.#wait = this.#ahead === grounds.aheadIn(claims.look) ? wait : this.#behindOthers(wait, now);
    return this.#wait;
  }

  /** The same while others are ahead: they leave it where it is, and nothing that is free again starts before. */
  #behindOthers(wait: Wait, { asking, claims }: Now): Wait | undefined {
    const { outlook } = this;
    const { claimables } = outlook.grounds;
    let { passesUs } = wait;
    for (let place = 0; place < claimables.length; place += 1) {
      const claimable = claimables[place];
      if (claimable === undefined) return undefined;
      const isClaimed = claims.isClaimed(claimable);
      const wasClaimed = this.#wereClaimed[place] === true;
      this.#wereClaimed[place] = isClaimed;
      if (!isClaimed && wasClaimed && !outlook.startsAfter(place, wait.startUs, asking)) return undefined;
      if (!isClaimed) continue;
      if (place === wait.place || claimable === wait.claimed) return undefined;
      if (claims.canPass && claims.isPassable(claimable))
        passesUs = Math.min(passesUs, outlook.earliestUs(place, asking));
    }
    if (passesUs <= asking.nowUs) return undefined;
    this.#ahead = outlook.grounds.aheadIn(claims.look);
    return passesUs === wait.passesUs ? wait : { ...wait, passesUs };
  }

  /** Whether a shift of one of its candidates can make a call wait for something else, or start. */
  #matters(shift: number, wait: Wait, { asking, claims }: Now): boolean {
    const { outlook } = this;
    const place = shift < 0 ? ~shift : shift;
    const claimable = outlook.grounds.claimables[place];
    if (claimable === undefined || place === wait.place || claimable === wait.claimed) return true;
    if (shift < 0) return false; // it only starts later
    if (claims.isClaimed(claimable)) return claims.canPass && claims.isPassable(claimable);
    return !outlook.startsAfter(place, wait.startUs, asking);
  }
}
