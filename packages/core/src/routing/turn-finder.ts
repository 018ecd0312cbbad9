import type { Limits } from "../budget/limits.ts";
import type { Cost } from "../budget/quota.ts";
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

/** A quota that may be claimed: the same for every target that is charged to it. */
interface ClaimableQuota {
  /** Who claims it, in the look it is of. */
  claim: Claim | undefined;
  look: number;
}

/** What of a target is claimed. */
interface Claimable {
  /** Its minute quotas. */
  readonly quotas: readonly ClaimableQuota[];
  /** Number of the look that last found one of them claimed. */
  claimedInLook: number;
  /** Number of the look in which a cost could not go by the claims there, and the smallest such: none that is larger can. */
  stopsInLook: number;
  stopped: Cost;
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
  #claimable = new WeakMap<Target, Claimable>();
  /** By key. */
  readonly #quotas = new Map<string, ClaimableQuota>();
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
    if (this.#quotas.size > mostRemembered) this.#forgetAll();
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
    const { quotas } = this.#claimableOf(choice.candidate.target);
    quotas.forEach((quota, place) => {
      const claim = this.#claimOn(quota);
      if (claim !== undefined && this.#isFirst(claim, quotas, place)) claim.passes += 1;
    });
  }

  /** A call has left the line. */
  forget(ticket: Ticket): void {
    ticket.claim = undefined;
  }

  /** Undefined: the call has nothing to claim, and may not start. */
  #turnOf(ticket: Ticket, nowMs: number): Turn | undefined {
    const eligible = ticket.eligible();
    const candidates = this.#hasClaims ? this.#unclaimedOf(eligible) : eligible;
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
    const candidates: Candidate[] = [];
    for (const candidate of eligible) {
      const claimable = this.#claimableOf(candidate.target);
      const isClaimed = claimable.claimedInLook === this.#look; // as was just found
      if (isClaimed && this.#mayPass(candidate, claimable, nowMs)) candidates.push(candidate);
    }
    if (candidates.length === 0) return undefined;
    const choice = this.#options.choose(ticket, candidates, nowMs);
    return fitsNow(choice) ? turnWith(ticket, candidates, choice) : undefined;
  }

  #unclaimedOf(eligible: readonly Candidate[]): readonly Candidate[] {
    const unclaimed: Candidate[] = [];
    for (const candidate of eligible) if (!this.#isClaimed(candidate.target)) unclaimed.push(candidate);
    return unclaimed;
  }

  #isClaimed(target: Target): boolean {
    const claimable = this.#claimableOf(target);
    if (claimable.claimedInLook === this.#look) return true;
    for (const quota of claimable.quotas) {
      if (quota.look !== this.#look) continue;
      claimable.claimedInLook = this.#look;
      return true;
    }
    return false;
  }

  /** Whether a call fits now on claimed quotas, and every claim there keeps its date. */
  #mayPass(candidate: Candidate, claimable: Claimable, nowMs: number): boolean {
    const { cost } = candidate;
    const isKnown = claimable.stopsInLook === this.#look;
    if (isKnown && isAtLeast(cost, claimable.stopped)) return false;
    if (this.#isPassable(candidate, claimable, nowMs)) return true;
    if (isKnown && !isAtLeast(claimable.stopped, cost)) return false;
    claimable.stopsInLook = this.#look;
    claimable.stopped = cost;
    return false;
  }

  #isPassable(candidate: Candidate, { quotas }: Claimable, nowMs: number): boolean {
    for (const quota of quotas) {
      const claim = this.#claimOn(quota);
      if (claim !== undefined && !canBePassed(claim)) return false;
    }
    if (this.#options.ledger.startsInMs(candidate, nowMs) > 0) return false;
    for (const [place, quota] of quotas.entries()) {
      const claim = this.#claimOn(quota);
      if (claim === undefined || !this.#isFirst(claim, quotas, place)) continue;
      if (!this.#proof.isHarmless(candidate, claim, nowMs)) return false;
    }
    return true;
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
    for (const quota of this.#claimableOf(claim.candidate.target).quotas) {
      if (quota.look === this.#look) continue; // another behind may wait for the same home
      quota.claim = claim;
      quota.look = this.#look;
    }
  }

  #claimOn(quota: ClaimableQuota): Claim | undefined {
    return quota.look === this.#look ? quota.claim : undefined;
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

  /** A claim may be on several quotas of a target; it counts at the first. */
  #isFirst(claim: Claim, quotas: readonly ClaimableQuota[], place: number): boolean {
    return quotas.findIndex((quota) => this.#claimOn(quota) === claim) === place;
  }

  #claimableOf(target: Target): Claimable {
    const known = this.#claimable.get(target);
    if (known !== undefined) return known;
    const quotas = minuteKeys(target).map((key) => this.#quotaOf(key));
    const claimable = { quotas, claimedInLook: -1, stopsInLook: -1, stopped: {} };
    this.#claimable.set(target, claimable);
    return claimable;
  }

  #quotaOf(key: string): ClaimableQuota {
    const known = this.#quotas.get(key);
    if (known !== undefined) return known;
    const quota = { claim: undefined, look: -1 };
    this.#quotas.set(key, quota);
    return quota;
  }

  /** Targets must forget their quotas too, or two would know one quota as two. */
  #forgetAll(): void {
    this.#quotas.clear();
    this.#claimable = new WeakMap();
  }
}

/** Whether a cost takes as much as another of every unit. */
function isAtLeast(cost: Cost, other: Cost): boolean {
  return (
    (cost.tokens ?? 0) >= (other.tokens ?? 0) &&
    (cost.requests ?? 0) >= (other.requests ?? 0) &&
    (cost.inputTokens ?? 0) >= (other.inputTokens ?? 0) &&
    (cost.outputTokens ?? 0) >= (other.outputTokens ?? 0)
  );
}

/** Whether a claim has time to spare for others. */
function canBePassed({ passes, dateMs, startMs }: Claim): boolean {
  return passes < mostPasses && startMs < dateMs;
}
