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

/** Remembers what was found for one waiting call: a look finds the same until something has changed that matters. */
export class Finding {
  readonly outlook: Outlook;
  #wait: Wait | undefined;
  /** Of the claims ahead it was found behind. */
  #ahead: ClaimsAhead | undefined;

  constructor(outlook: Outlook) {
    this.outlook = outlook;
  }

  note(wait: Wait, look: number): void {
    this.#wait = wait;
    this.#ahead = this.outlook.grounds.aheadIn(look);
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
    if (!isKnown || !isHomeless || isDue || this.#ahead !== grounds.aheadIn(claims.look)) return undefined;
    for (let at = since; at < outlook.shifts; at += 1) {
      if (this.#matters(grounds.shiftAt(at), wait, { asking, claims })) return undefined;
    }
    this.#wait = wait;
    return wait;
  }

  /** Whether a shift of one of its candidates can make a call wait for something else, or start. */
  #matters(
    shift: number,
    wait: Wait,
    { asking, claims }: { readonly asking: Asking; readonly claims: Claims },
  ): boolean {
    const { outlook } = this;
    const place = shift < 0 ? ~shift : shift;
    const claimable = outlook.grounds.claimables[place];
    if (claimable === undefined || place === wait.place || claimable === wait.claimed) return true;
    if (shift < 0) return false; // it only starts later
    if (claims.isClaimed(claimable)) return claims.canPass && claims.isPassable(claimable);
    return !outlook.startsAfter(place, wait.startUs, asking);
  }
}
