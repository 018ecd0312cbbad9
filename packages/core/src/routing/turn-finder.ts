import type { Ledger } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Candidate } from "../budget/target.ts";
import type { Random } from "../random.ts";
import type { Starts } from "./asked-book.ts";
import { Asking } from "./asking.ts";
import type { Claim } from "./claim.ts";
import { Claims } from "./claims.ts";
import type { Choose } from "./choice.ts";
import { Finding, type Wait } from "./finding.ts";
import { KnownGrounds } from "./known-grounds.ts";
import type { Walk } from "./line-walk.ts";
import { Outlook } from "./outlook.ts";
import { Recalled } from "./recalled.ts";
import type { Choice } from "./picker.ts";
import type { Place } from "./place.ts";
import { SeenLine } from "./seen-line.ts";
import type { Ticket } from "./ticket.ts";
import { canStart, fitsNow, type Turn, turnWith } from "./turn.ts";

/** What a look at the line found. */
export interface Found {
  /** Undefined: nobody may start. */
  readonly place: Place | undefined;
  readonly turn: Turn | undefined;
  /** On `monotonicMs`: when to look again, if nothing changes before. */
  readonly againAtMs: number;
}

export interface TurnFinderOptions {
  readonly ledger: Starts & Pick<Ledger, "shifts">;
  readonly limits: Limits;
  readonly random: Random;
  /** Chooses by what a book, or what is remembered of it, tells. */
  readonly chooser: (starts: Starts) => Choose;
}

/**
 * Finds the first call, in order, that may start. One that must wait claims the target where it starts earliest; those
 * behind it start where they share no quota with a claim, or where the claim provably keeps its date. What was found for a
 * call is remembered: a book that tells what shifts is asked again only where that may matter.
 */
export class TurnFinder implements Disposable {
  readonly #options: TurnFinderOptions;
  readonly #asking: Asking;
  readonly #claims: Claims;
  readonly #known = new KnownGrounds();
  readonly #recalled: Recalled;
  readonly #choose: Choose;
  readonly #seen = new SeenLine();
  readonly #listening: Disposable | undefined;
  #looks = 0;

  constructor(options: TurnFinderOptions) {
    this.#options = options;
    this.#asking = new Asking(options.ledger);
    this.#claims = new Claims(options);
    this.#recalled = new Recalled(this.#asking);
    this.#choose = options.chooser(this.#recalled);
    this.#listening = options.ledger.shifts?.onShift((key, shift) => {
      const isHarmless = !this.#known.shift(key, shift, this.#claims.look);
      if (!isHarmless) this.#seen.invalidate();
    });
  }

  /** @param look - number of this look, written on every place that was looked at. */
  find(walk: Walk, look: number, nowMs: number): Found {
    const { shifts } = this.#options.ledger;
    shifts?.bringUpTo(nowMs);
    this.#asking.at(nowMs, shifts === undefined ? look : 0);
    const isOn = shifts !== undefined && this.#seen.isValidAt(this.#asking);
    if (!isOn) this.#begin();
    let known = isOn ? this.#seen.length : 0;
    let index = 0;
    for (let step = walk.current; step !== undefined; walk.advance(), step = walk.current) {
      const { place } = step;
      place.seenInLook = look;
      index += 1;
      if (index <= known) {
        if (this.#seen.isAt(index - 1, place)) continue;
        known = 0;
        this.#seeAgain(index - 1);
      }
      const turn = this.#see(place);
      if (turn !== undefined) return { place, turn, againAtMs: this.#seen.againAtMs(this.#asking) };
    }
    if (index < known) this.#seeAgain(index);
    return { place: undefined, turn: undefined, againAtMs: this.#seen.againAtMs(this.#asking) };
  }

  /** Something may be otherwise that no book tells of. */
  renew(): void {
    this.#seen.invalidate();
  }

  /** A call starts where it was found to: it may pass claims there. */
  starts({ ticket, choice }: Turn): void {
    ticket.claim = undefined;
    if (choice === undefined) return;
    const hasPassed = this.#claims.pass(this.#known.claimableOf(choice.candidate.target));
    if (hasPassed) this.#seen.invalidate();
  }

  /** A call has left the line. */
  forget(ticket: Ticket): void {
    ticket.claim = undefined;
  }

  /** Hears of no more shifts. */
  [Symbol.dispose](): void {
    this.#listening?.[Symbol.dispose]();
  }

  #begin(): void {
    this.#known.tidy();
    this.#looks += 1;
    this.#claims.begin(this.#looks);
    this.#seen.clear();
  }

  /** The line is another than was seen, but for the first: they come first in a look of its own. */
  #seeAgain(count: number): void {
    const first = this.#seen.first(count);
    this.#begin();
    for (const place of first) this.#see(place);
  }

  /** Looks at one call behind those that were seen. @returns its turn, when it may start. */
  #see(place: Place): Turn | undefined {
    const { ticket } = place.waiter;
    const finding = this.#findingOf(place);
    const isHomeless = ticket.home() === undefined;
    const wait = finding.still(this.#asking, this.#claims, isHomeless) ?? this.#look(ticket, finding, isHomeless);
    if (isTurn(wait)) return wait;
    if (wait.claimed !== undefined && ticket.claim !== undefined) this.#claims.add(ticket.claim, wait.claimed);
    const unblocksAtMs = this.#asking.nowMs + ticket.unblocksInMs();
    const untilUs = isHomeless ? Math.min(wait.startUs, wait.passesUs) : Number.NEGATIVE_INFINITY;
    this.#seen.add({ place, outlook: finding.outlook, untilUs, startUs: wait.startUs, unblocksAtMs });
    return undefined;
  }

  #findingOf(place: Place): Finding {
    const candidates = place.waiter.ticket.eligible();
    const known = place.finding;
    if (known?.outlook.isOf(candidates) === true) return known;
    place.finding = new Finding(new Outlook(candidates, this.#known.of(candidates, this.#claims.look)));
    return place.finding;
  }

  /** Where a call may go now: its turn, or what it waits for. */
  #look(ticket: Ticket, finding: Finding, isHomeless: boolean): Turn | Wait {
    const { outlook } = finding;
    const { candidates } = outlook;
    const isForgetful = this.#options.ledger.shifts === undefined;
    if (isForgetful) outlook.forget();
    const isWhole = this.#claims.mark(outlook.grounds) === 0;
    const choice = isHomeless ? this.#bestOf(outlook) : this.#choiceOf(ticket, outlook, this.#freeOf(outlook));
    if (fitsNow(choice)) return turnWith(ticket, isWhole ? candidates : this.#freeOf(outlook), choice);
    const pass = isWhole || !this.#claims.canPass ? neverPasses : this.#passOf(ticket, outlook);
    if (isTurn(pass)) return pass;
    if (choice === undefined && isWhole) {
      const turn = turnWith(ticket, candidates, undefined);
      return canStart(turn) ? turn : nowhere;
    }
    const wait = this.#waitOf(ticket, outlook, { choice, passesUs: pass.passesUs });
    if (isHomeless && !isForgetful) finding.note(wait, this.#claims.look);
    return wait;
  }

  /** The choice of a call that goes by room alone. */
  #bestOf(outlook: Outlook): Choice | undefined {
    const place = outlook.pick(this.#asking, this.#claims.look, this.#options.random);
    const candidate = outlook.candidates[place];
    return candidate && { candidate, startsInMs: this.#asking.inMs(outlook.toldUs(place)) };
  }

  #choiceOf(ticket: Ticket, outlook: Outlook, candidates: readonly Candidate[]): Choice | undefined {
    if (candidates.length === 0) return undefined;
    this.#recalled.outlook = outlook;
    return this.#choose(ticket, candidates, this.#asking.nowMs);
  }

  /** Candidates that nobody ahead has claimed. */
  #freeOf({ candidates, grounds }: Outlook): readonly Candidate[] {
    return candidates.filter((_, place) => grounds.claimables[place]?.claimedInLook !== this.#claims.look);
  }

  /** A turn on claimed quotas that every claim allows, or when there may be one. */
  #passOf(ticket: Ticket, outlook: Outlook): Turn | Pick<Wait, "passesUs"> {
    const { candidates, grounds } = outlook;
    const passed: Candidate[] = [];
    let passesUs = Number.POSITIVE_INFINITY;
    for (let place = 0; place < candidates.length; place += 1) {
      const [candidate, claimable] = [candidates[place], grounds.claimables[place]];
      if (candidate === undefined || claimable?.claimedInLook !== this.#claims.look) continue; // as was just marked
      if (!this.#claims.isPassable(claimable)) continue;
      const isLater = outlook.startsAfter(place, this.#asking.nowUs, this.#asking);
      if (isLater) passesUs = Math.min(passesUs, outlook.earliestUs(place, this.#asking));
      else if (this.#claims.isHarmless(outlook, place, this.#asking)) passed.push(candidate);
    }
    const choice = this.#choiceOf(ticket, outlook, passed);
    return fitsNow(choice) ? turnWith(ticket, passed, choice) : { passesUs };
  }

  /** The claim stays where it is dated, unless the call starts earlier elsewhere. */
  #waitOf(
    ticket: Ticket,
    outlook: Outlook,
    { choice, passesUs }: { readonly choice: Choice | undefined; readonly passesUs: number },
  ): Wait {
    const held = ticket.claim;
    if (choice === undefined) {
      ticket.claim = undefined;
      return { place: -1, startUs: Number.POSITIVE_INFINITY, claimed: undefined, passesUs };
    }
    const { candidate, startsInMs } = choice;
    const place = outlook.candidates.indexOf(candidate);
    const toldUs = outlook.toldUs(place);
    const startUs = this.#asking.inMs(toldUs) === startsInMs ? toldUs : this.#asking.nowUs + startsInMs * 1e3;
    const startMs = startUs / 1e3;
    const isKept = held !== undefined && this.#keeps(held, outlook, { candidate, startUs });
    ticket.claim = isKept ? held : { ticket, candidate, dateMs: startMs, startMs, passes: held?.passes ?? 0 };
    const claimed =
      ticket.claim.candidate === candidate
        ? outlook.grounds.claimables[place]
        : this.#known.claimableOf(ticket.claim.candidate.target);
    return { place, startUs, claimed, passesUs };
  }

  #keeps(
    held: Claim,
    outlook: Outlook,
    { candidate, startUs }: { readonly candidate: Candidate; readonly startUs: number },
  ): boolean {
    const place = outlook.candidates.indexOf(held.candidate);
    const isSame = candidate === held.candidate;
    const claimable = outlook.grounds.claimables[place];
    if (!isSame && (claimable === undefined || this.#claims.isClaimed(claimable))) return false;
    const heldUs = isSame ? startUs : outlook.startUs(place, this.#asking);
    if (heldUs > startUs) return false;
    held.startMs = heldUs / 1e3;
    held.dateMs = Math.max(held.dateMs, held.startMs); // a limit fell, AWS refused, or somebody ahead took room
    return true;
  }
}

const neverPasses = { passesUs: Number.POSITIVE_INFINITY } as const;

/** Nothing is claimed. */
const nowhere: Wait = { place: -1, startUs: Number.POSITIVE_INFINITY, claimed: undefined, ...neverPasses };

function isTurn(found: Turn | Partial<Wait>): found is Turn {
  return "ticket" in found;
}
