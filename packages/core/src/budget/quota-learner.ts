import { type Ages, type Evidence, noAges } from "./evidence.ts";
import type { EnforcementKind } from "./enforcement.ts";
import type { Gate, LearnedState } from "./gate.ts";
import { LearnedLimit } from "./learned-limit.ts";
import { leftOf, type Limit } from "./limits.ts";
import { maybeOver, surelyOver } from "./over-age.ts";
import type { QuotaRecord } from "./quota-record.ts";
import type { WindowRing } from "./window-ring.ts";

/** What a booking showed of one quota. Amounts are in its units, times in µs of the book's clock. */
export interface Sight {
  /** When it starts to count, and in which slot of the window ring. */
  readonly atUs: number;
  readonly slot: number;
  readonly held: number;
  /** Arrival time ahead of `atUs` with it. */
  readonly levelUs: number;
  /** Units in the last window with it: at most, and at least. */
  readonly most: number;
  readonly least: number;
  /** Units held by calls under way that AWS may not have taken. */
  readonly doubt: number;
  /** See `QuotaLearner.surelyOver`; unless told: nobody looked. */
  readonly overAge?: Ages | undefined;
}

/** Where a booking lies. */
export type Place = Pick<Sight, "atUs" | "slot">;

/**
 * What is known of one minute quota: what AWS publishes, what others use, what our own rules allow, what was learned; and the
 * numbers a book must keep because of it. Times are µs of the book's clock, which may be one that many processes share:
 * then all of them go by one record, and who learns something hands on the next one.
 */
export class QuotaLearner {
  readonly windowUs: number;
  readonly #learned: LearnedLimit;
  #gate: Gate;
  #published = 0;
  #foreignUse = 0;
  /** Units per window that others leave of that, as far as anybody knows. */
  #left = 0;
  /** Units per window that may be used at most, whatever AWS keeps. */
  #most = Number.POSITIVE_INFINITY;
  #limit = 0;
  #usable = 0;
  #mayHold = 0;
  #limitUs: number;
  #reviewAtUs = Number.NEGATIVE_INFINITY;
  #revision = 0;
  #looks = 0;

  constructor(windowUs: number) {
    this.windowUs = windowUs;
    this.#limitUs = windowUs;
    this.#learned = new LearnedLimit(windowUs);
    this.#gate = this.#learned.gate(0);
  }

  /** What the book must keep, as of the last `read`. */
  get gate(): Gate {
    return this.#gate;
  }

  /** Units per window as AWS publishes it; 0: the account is on hold. */
  get published(): number {
    return this.#published;
  }

  /** Units per window that others use, as far as it is known. */
  get foreignUse(): number {
    return this.#foreignUse;
  }

  /** Units per window that our own rules allow; Infinity: as much as AWS lets in. */
  get most(): number {
    return this.#most;
  }

  /** Units per window as AWS seems to keep it for us. */
  get limit(): number {
    return this.#limit;
  }

  /** Units per window that may be used of that. */
  get usable(): number {
    return this.#usable;
  }

  /** Units that the window which counts may hold; Infinity: none counts. */
  get mayHold(): number {
    return this.#mayHold;
  }

  /** µs of arrival time that one unit costs; Infinity: nothing may be used. */
  get priceUs(): number {
    return this.windowUs / this.#usable;
  }

  /** Arrival time ahead of now that no call may exceed, unless it is alone; Infinity: none. */
  get burstUs(): number {
    return this.#gate.burst * this.windowUs;
  }

  /** AWS refused lately: nothing starts before. */
  get pausedUntilUs(): number {
    return this.#learned.pausedUntilUs;
  }

  /** Until when the gate need not be read again, unless something is learned. */
  get reviewAtUs(): number {
    return this.#reviewAtUs;
  }

  /** How AWS counts, as far as it is known. */
  get enforcement(): EnforcementKind | "unknown" {
    return this.#learned.kind ?? "unknown";
  }

  /** What is known, to go on from after a restart; undefined: nothing yet. */
  get state(): LearnedState | undefined {
    return this.#learned.state;
  }

  /** Goes on from what was known before a restart. */
  remember(state: LearnedState, nowUs: number): void {
    this.#learned.remember(state, nowUs);
  }

  /**
   * Another limit. What is learned speaks of what AWS publishes and others leave, so what our own rules allow is kept
   * apart from it; and what is found to be others' use was learned to be a smaller limit before. `read` tells the gate.
   */
  publish(limit: Limit, nowUs: number): void {
    const [publishedBefore, before, leftBefore, mostBefore] = [
      this.#published,
      this.#foreignUse,
      this.#left,
      this.#most,
    ];
    this.#take(limit);
    const isSame = this.#published === publishedBefore && this.#foreignUse === before && this.#most === mostBefore;
    if (isSame) return;
    this.#revision += 1;
    const isChanged = publishedBefore > 0 && this.#published > 0 && publishedBefore !== this.#published;
    if (isChanged) this.#learned.rebase(publishedBefore / this.#published, nowUs);
    if (this.#foreignUse === before || (this.#left === 0 && this.#foreignUse > 0)) return;
    const stays = before === 0 ? 1 : Math.min(1, this.#foreignUse / before);
    this.#learned.explain({ leftBefore, left: this.#left, stays }, nowUs);
  }

  /** Finds the gate and what follows from it. */
  read(nowUs: number): void {
    const gate = this.#learned.gate(nowUs);
    this.#gate = gate;
    this.#limit = this.#left * this.#learned.share;
    this.#usable = Math.min(this.#limit, this.#most);
    const isCapped = this.#usable < this.#limit;
    this.#limitUs = isCapped ? (this.windowUs / this.#usable) * this.#limit : this.windowUs;
    const held = isCapped ? this.#usable * Math.min(1, gate.limit) : Math.min(this.#limit * gate.limit, this.#most);
    this.#mayHold = this.#limit > 0 && gate.window === undefined ? Number.POSITIVE_INFINITY : held;
    const { pausedUntilUs } = this;
    const reviewAtUs = nowUs + this.windowUs / 16;
    this.#reviewAtUs = pausedUntilUs > nowUs ? Math.min(reviewAtUs, pausedUntilUs) : reviewAtUs;
  }

  /**
   * Whether the next booking is worth a look at how old windows are that are over the limit. It costs as much as the rest
   * of a booking, and while much is unknown one in eight tells as much.
   */
  looks(): boolean {
    this.#looks = (this.#looks + 1) % 8;
    return (this.#looks === 0 || this.#learned.isAsking) && this.#learned.looksAtWindows;
  }

  /** Ages from which on windows were surely over the limit with a booking that the ring holds. @param doubt - see `Sight`. */
  surelyOver(ring: WindowRing, { atUs, slot }: Place, doubt: number): Ages {
    return surelyOver(ring, { limit: this.#limit, windowUs: this.windowUs, atUs, slot }, doubt);
  }

  /** What a booking shows, to be told to `booked`, and to `accepted` or `refused` once it is known. */
  evidence({ atUs, slot, held, levelUs, most, least, doubt, overAge = noAges }: Sight): Evidence {
    const limit = this.#limit > 0 ? this.#limit : Number.POSITIVE_INFINITY; // a call of nothing fits on a limit of 0
    const level = levelUs / this.#limitUs;
    return {
      atUs,
      slot,
      hold: held / limit,
      level,
      leastLevel: level - doubt / limit,
      most: most / limit,
      least: (least - doubt) / limit,
      overAge,
      belief: this.#learned.belief,
    };
  }

  /** A call was booked. @returns whether the gate may be another now. */
  booked(evidence: Evidence, nowUs: number): boolean {
    return this.#learned.booked(evidence, nowUs);
  }

  /** AWS let a call in that had been booked. @returns whether the gate may be another now. */
  accepted(evidence: Evidence, nowUs: number): boolean {
    return this.#learned.accepted(evidence, nowUs);
  }

  /**
   * AWS refused what the book had room for; the gate is another now.
   * @param held - units of the call, which the ring does not hold any more.
   * @returns µs for which they are best counted as if AWS had taken them: the book was wrong by so much.
   */
  refused(
    evidence: Evidence,
    { ring, held }: { readonly ring: WindowRing; readonly held: number },
    nowUs: number,
  ): number {
    const { atUs, slot } = evidence;
    const ages = maybeOver(ring, { limit: this.#limit, windowUs: this.windowUs, atUs, slot }, held);
    return this.#learned.refused(evidence, ages, nowUs);
  }

  /**
   * Grows with whatever a record says and others should know: that of a learner whose revision is the same as before need
   * not be handed on. How large calls are, that one reached the burst and that time was looked at may differ by little.
   */
  get revision(): number {
    return this.#revision + this.#learned.revision;
  }

  /** All of it, for another learner of this quota to go on from. `JSON.stringify` it, and read it by `readQuotaRecord`. */
  toRecord(): QuotaRecord {
    const limit = { published: this.#published, foreignUse: this.#foreignUse, most: this.#most };
    return { version: 1, windowUs: this.windowUs, limit, learned: this.#learned.record };
  }

  /**
   * Knows what another learner of this quota knew, and nothing else: also the limit is the one it went by. `publish` says
   * that it is another now. `read` tells the gate, which is that of the other one at the same time.
   */
  adopt({ limit, learned }: QuotaRecord): void {
    this.#take(limit);
    this.#learned.adopt(learned);
  }

  #take(limit: Pick<Limit, "published" | "foreignUse" | "most">): void {
    this.#published = limit.published;
    this.#foreignUse = limit.foreignUse ?? 0;
    this.#left = leftOf(limit);
    this.#most = limit.most ?? Number.POSITIVE_INFINITY;
  }
}
