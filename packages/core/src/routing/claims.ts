import type { Limits } from "../budget/limits.ts";
import type { Starts } from "./asked-book.ts";
import type { Asking } from "./asking.ts";
import type { Claim } from "./claim.ts";
import { isAtLeast } from "./cost-order.ts";
import { DelayProof } from "./delay-proof.ts";
import type { Claimable, ClaimableQuota, Grounds } from "./grounds.ts";
import type { Outlook } from "./outlook.ts";

/** How often calls may go by on the quotas a waiting call claims. */
const mostPasses = 16;

/** What those ahead claim, in one look at the line. */
export class Claims {
  readonly #proof: DelayProof;
  #look = 0;
  #canPass = false;
  #hasAny = false;

  constructor(options: { readonly ledger: Starts; readonly limits: Limits }) {
    this.#proof = new DelayProof(options);
  }

  /** Number of the look they are of. */
  get look(): number {
    return this.#look;
  }

  /** Whether a claim of this look has time to spare. */
  get canPass(): boolean {
    return this.#canPass;
  }

  /** Another look begins, without claims. */
  begin(look: number): void {
    this.#look = look;
    this.#hasAny = false;
    this.#canPass = false;
  }

  /** Writes on the targets whether they are claimed. @returns how many are. */
  mark({ claimables }: Grounds): number {
    if (!this.#hasAny) return 0;
    let claimed = 0;
    for (const claimable of claimables) if (this.isClaimed(claimable)) claimed += 1;
    return claimed;
  }

  isClaimed(claimable: Claimable): boolean {
    if (claimable.claimedInLook === this.#look) return true;
    for (const quota of claimable.quotas) {
      if (quota.look !== this.#look) continue;
      claimable.claimedInLook = this.#look;
      return true;
    }
    return false;
  }

  add(claim: Claim, { quotas }: Claimable): void {
    this.#canPass ||= canBePassed(claim);
    this.#hasAny = true;
    for (const quota of quotas) {
      if (quota.look === this.#look) continue; // another behind may wait for the same home
      quota.claim = claim;
      quota.look = this.#look;
      for (const { grounds } of quota.seats) grounds.claim(claim, this.#look);
    }
  }

  /** A call starts there, and goes by all who have claimed a part of it. @returns whether somebody has. */
  pass({ quotas }: Claimable): boolean {
    let hasPassed = false;
    for (const [place, quota] of quotas.entries()) {
      const claim = this.#claimOn(quota);
      if (claim === undefined || !this.#isFirst(claim, quotas, place)) continue;
      claim.passes += 1;
      hasPassed = true;
    }
    return hasPassed;
  }

  /** Whether every claim on a target has time to spare: changes with a shift of its quotas only. */
  isPassable({ quotas }: Claimable): boolean {
    for (const quota of quotas) {
      const claim = this.#claimOn(quota);
      if (claim !== undefined && !canBePassed(claim)) return false;
    }
    return true;
  }

  /** Whether a call that fits now on claimed quotas may start there: every claim keeps its date. Without a shift a no stays one. */
  isHarmless(outlook: Outlook, place: number, { nowMs }: Asking): boolean {
    const candidate = outlook.candidates[place];
    const claimable = outlook.grounds.claimables[place];
    if (candidate === undefined || claimable === undefined) return false;
    const { quotas } = claimable;
    const { cost } = candidate;
    const isKnown = claimable.stopsInLook === this.#look;
    if (isKnown && isAtLeast(cost, claimable.stopped)) return false;
    for (const [at, quota] of quotas.entries()) {
      const claim = this.#claimOn(quota);
      if (claim === undefined || !this.#isFirst(claim, quotas, at)) continue;
      if (this.#proof.isHarmless(candidate, claim, nowMs)) continue;
      if (isKnown && !isAtLeast(claimable.stopped, cost)) return false;
      claimable.stopsInLook = this.#look;
      claimable.stopped = cost;
      return false;
    }
    return true;
  }

  #claimOn(quota: ClaimableQuota): Claim | undefined {
    return quota.look === this.#look ? quota.claim : undefined;
  }

  /** A claim may be on several quotas of a target; it counts at the first. */
  #isFirst(claim: Claim, quotas: readonly ClaimableQuota[], place: number): boolean {
    return quotas.findIndex((quota) => this.#claimOn(quota) === claim) === place;
  }
}

/** Whether a claim has time to spare for others. */
function canBePassed({ passes, dateMs, startMs }: Claim): boolean {
  return passes < mostPasses && startMs < dateMs;
}
