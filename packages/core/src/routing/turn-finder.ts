import type { Limits } from "../budget/limits.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Starts } from "./asked-book.ts";
import type { Claim } from "./claim.ts";
import type { Choose } from "./choice.ts";
import { DelayProof } from "./delay-proof.ts";
import { minuteKeys } from "./eligibility.ts";
import type { Walk } from "./line-walk.ts";
import type { Choice } from "./picker.ts";
import type { Place } from "./place.ts";
import type { Ticket } from "./ticket.ts";
import { canStart, fitsNow, startsInMs, type Turn, turnWith } from "./turn.ts";

/** How often calls may go by on the quotas a waiting call claims. */
const mostPasses = 16;

/** Quotas that are remembered to have been claimed; those that the config still has are soon remembered again. */
const mostRemembered = 10_000;

/** What of a target is claimed. */
interface Claimable {
  /** Of its minute quotas. */
  readonly keys: readonly string[];
  /** Number of the look that last found one of them claimed. */
  claimedInLook: number;
}

/** What a look at the line found. */
export interface Found {
  /** Undefined: nobody may start. */
  readonly place: Place | undefined;
  readonly turn: Turn | undefined;
  /** On `monotonicMs`: when to look again, if nothing changes before. */
  readonly againAtMs: number;
}

/**
 * Finds the first call, in order, that may start. One that must wait claims the target where it starts earliest; those
 * behind it start where they share no quota with a claim, or where the claim provably keeps its date.
 */
export class TurnFinder {
  readonly #options: { readonly ledger: Starts; readonly limits: Limits; readonly choose: Choose };
  readonly #proof: DelayProof;
  readonly #claimable = new WeakMap<Target, Claimable>();
  /** Who claims a quota, in the look it is of. Written over, because a `Map` that is cleared makes itself anew. */
  readonly #claimed = new Map<string, { claim: Claim; look: number }>();
  #look = 0;
  /** Whether a quota is claimed in this look. */
  #hasClaims = false;
  /** Whether a claim of this look has time to spare. */
  #canPass = false;

  constructor(options: { readonly ledger: Starts; readonly limits: Limits; readonly choose: Choose }) {
    this.#options = options;
    this.#proof = new DelayProof(options);
  }

  /** @param look - number of this look, written on every place that was looked at. */
  find(walk: Walk, look: number, nowMs: number): Found {
    this.#look = look;
    this.#hasClaims = false;
    this.#canPass = false;
    if (this.#claimed.size > mostRemembered) this.#claimed.clear();
    let againAtMs = Number.POSITIVE_INFINITY;
    for (let step = walk.current; step !== undefined; walk.advance(), step = walk.current) {
      const { place } = step;
      place.seenInLook = look;
      const turn = this.#turnOf(place.waiter.ticket, nowMs);
      if (turn === undefined) {
        againAtMs = Math.min(againAtMs, nowMs + place.waiter.ticket.unblocksInMs());
        continue;
      }
      if (canStart(turn)) return { place, turn, againAtMs };
      if (turn.choice !== undefined) this.#claim(turn, turn.choice, nowMs);
      againAtMs = Math.min(againAtMs, nowMs + startsInMs(turn));
    }
    return { place: undefined, turn: undefined, againAtMs };
  }

  /** A call starts where it was found to: it may pass claims there. */
  starts({ ticket, choice }: Turn): void {
    ticket.claim = undefined;
    if (choice === undefined) return;
    for (const claim of this.#claimsOn(choice.candidate.target)) claim.passes += 1;
  }

  /** A call has left the line. */
  forget(ticket: Ticket): void {
    ticket.claim = undefined;
  }

  /** Undefined: the call has nothing to claim, and may not start. */
  #turnOf(ticket: Ticket, nowMs: number): Turn | undefined {
    const eligible = ticket.eligible();
    const candidates = this.#unclaimedOf(eligible);
    const choice = candidates.length > 0 ? this.#options.choose(ticket, candidates, nowMs) : undefined;
    const isWhole = candidates.length === eligible.length;
    const pass = isWhole || !this.#canPass || fitsNow(choice) ? undefined : this.#passOf(ticket, eligible, nowMs);
    if (pass !== undefined) return pass;
    if (isWhole || choice !== undefined) return turnWith(ticket, candidates, choice);
    ticket.claim = undefined;
    return undefined;
  }

  /** A turn on claimed quotas that every claim allows. */
  #passOf(ticket: Ticket, eligible: readonly Candidate[], nowMs: number): Turn | undefined {
    const candidates = eligible.filter((candidate) => this.#mayPass(candidate, nowMs));
    if (candidates.length === 0) return undefined;
    const choice = this.#options.choose(ticket, candidates, nowMs);
    return fitsNow(choice) ? turnWith(ticket, candidates, choice) : undefined;
  }

  #unclaimedOf(eligible: readonly Candidate[]): readonly Candidate[] {
    if (!this.#hasClaims) return eligible;
    const unclaimed: Candidate[] = [];
    for (const candidate of eligible) if (!this.#isClaimed(candidate.target)) unclaimed.push(candidate);
    return unclaimed;
  }

  #isClaimed(target: Target): boolean {
    const claimable = this.#claimableOf(target);
    if (claimable.claimedInLook === this.#look) return true;
    for (const key of claimable.keys) {
      if (this.#claimOn(key) === undefined) continue;
      claimable.claimedInLook = this.#look;
      return true;
    }
    return false;
  }

  /** Whether a call fits now on claimed quotas, and every claim there keeps its date. */
  #mayPass(candidate: Candidate, nowMs: number): boolean {
    const { target } = candidate;
    for (const key of this.#claimableOf(target).keys) {
      const claim = this.#claimOn(key);
      if (claim !== undefined && !canBePassed(claim)) return false;
    }
    if (this.#options.ledger.startsInMs(candidate, nowMs) > 0) return false;
    const claims = this.#claimsOn(target);
    for (const claim of claims) if (!this.#proof.isHarmless(candidate, claim, nowMs)) return false;
    return claims.size > 0;
  }

  /** The claim stays where it is dated, unless the call starts earlier elsewhere. */
  #claim({ ticket, candidates }: Turn, choice: Choice, nowMs: number): void {
    const held = ticket.claim;
    const claim = (held && this.#kept(held, { candidates, choice, nowMs })) ?? {
      ticket,
      candidate: choice.candidate,
      dateMs: nowMs + choice.startsInMs,
      startMs: nowMs + choice.startsInMs,
      passes: held?.passes ?? 0,
    };
    ticket.claim = claim;
    this.#canPass ||= canBePassed(claim);
    this.#hasClaims = true;
    for (const key of this.#claimableOf(claim.candidate.target).keys) {
      if (this.#claimOn(key) === undefined) this.#note(key, claim); // another behind may wait for the same home
    }
  }

  #claimOn(key: string): Claim | undefined {
    const claimed = this.#claimed.get(key);
    return claimed?.look === this.#look ? claimed.claim : undefined;
  }

  #note(key: string, claim: Claim): void {
    const claimed = this.#claimed.get(key);
    if (claimed === undefined) this.#claimed.set(key, { claim, look: this.#look });
    else {
      claimed.claim = claim;
      claimed.look = this.#look;
    }
  }

  #kept(
    held: Claim,
    now: { readonly candidates: readonly Candidate[]; readonly choice: Choice; readonly nowMs: number },
  ): Claim | undefined {
    const { candidates, choice, nowMs } = now;
    const isSame = choice.candidate === held.candidate;
    if (!isSame && !candidates.includes(held.candidate)) return undefined;
    const inMs = isSame ? choice.startsInMs : this.#options.ledger.startsInMs(held.candidate, nowMs);
    if (!isSame && inMs > choice.startsInMs) return undefined;
    held.startMs = nowMs + inMs;
    held.dateMs = Math.max(held.dateMs, held.startMs); // a limit fell, AWS refused, or somebody ahead took room
    return held;
  }

  #claimsOn(target: Target): ReadonlySet<Claim> {
    const claims = new Set<Claim>();
    for (const key of this.#claimableOf(target).keys) {
      const claim = this.#claimOn(key);
      if (claim !== undefined) claims.add(claim);
    }
    return claims;
  }

  #claimableOf(target: Target): Claimable {
    const known = this.#claimable.get(target);
    if (known !== undefined) return known;
    const claimable = { keys: minuteKeys(target), claimedInLook: -1 };
    this.#claimable.set(target, claimable);
    return claimable;
  }
}

/** Whether a claim has time to spare for others. */
function canBePassed({ passes, dateMs, startMs }: Claim): boolean {
  return passes < mostPasses && startMs < dateMs;
}
