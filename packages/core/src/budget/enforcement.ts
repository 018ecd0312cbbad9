import { type Ages, type Evidence, noAges } from "./evidence.ts";
import { habit } from "./habit.ts";
import { anyPhase, beganBetween, meet, type PhaseArc } from "./phase-arc.ts";

/**
 * How AWS may be counting a quota; it does not say. `bucket` refills all the time; `sliding` looks back one window;
 * `fixed` begins anew every window; `sixths` does so six times a window, with a sixth of the limit each.
 */
export type EnforcementKind = "bucket" | "fixed" | "sliding" | "sixths";

/** What an `Enforcement` knows; an arc that is left out: windows of that length are ruled out. */
export interface EnforcementRecord {
  readonly mayBeBucket: boolean;
  readonly maySlide: boolean;
  readonly whole?: PhaseArc;
  readonly sixth?: PhaseArc;
  readonly highestAccepted: number;
  readonly lowestRefused: number;
  readonly refusedAtUs: number;
  readonly mostInWindow: number;
  readonly refusedInWindow: number;
}

/** How far evidence must go beyond a bound to count; shares of the limit. */
const tolerance = {
  /** Input is estimated, and a call takes its way: what AWS let in may look larger here than it was. */
  accepted: 0.01,
  /** Two levels of a bucket that differ by less are the same. */
  level: 0.02,
  /** What goes beyond all before by less tells nothing new; a factor. */
  news: 1.001,
} as const;

/** A bucket that held no more would refuse what every quota is spent with from the start, so there is none. */
const leastBucket = habit.burst;

/** Levels of one window's limit and more: a bucket so large would be a larger limit. */
const mostBucket = 1.05;

/**
 * The ways AWS may still be counting a quota, by what it let in and what it refused. Whatever contradicts one rules it
 * out: a call let in where that way would have refused it, or refused where it had room. Pure: no clock, no book.
 */
export class Enforcement {
  /** Beginnings known too exactly would be wrong by a call's way to AWS. */
  readonly #guardUs: number;
  #mayBeBucket = true;
  #maySlide = true;
  #whole: PhaseArc | undefined;
  #sixth: PhaseArc | undefined;
  #highestAccepted = 0;
  #lowestRefused = Number.POSITIVE_INFINITY;
  #refusedAtUs = Number.NEGATIVE_INFINITY;
  #mostInWindow = 0;
  #refusedInWindow = Number.POSITIVE_INFINITY;

  constructor(windowUs: number) {
    this.#guardUs = windowUs / 480;
    this.#whole = anyPhase(windowUs);
    this.#sixth = anyPhase(windowUs / 6);
  }

  /** As it was known before: a bucket of a size, or a sliding window. When fixed windows begin must be found anew. */
  static remembered(windowUs: number, known: { readonly bucketSize: number } | "sliding"): Enforcement {
    const enforcement = new Enforcement(windowUs);
    enforcement.#whole = undefined;
    enforcement.#sixth = undefined;
    if (known === "sliding") enforcement.#mayBeBucket = false;
    else {
      enforcement.#maySlide = false;
      enforcement.#lowestRefused = known.bucketSize;
    }
    return enforcement;
  }

  static of(windowUs: number, record: EnforcementRecord): Enforcement {
    const enforcement = new Enforcement(windowUs);
    enforcement.#mayBeBucket = record.mayBeBucket;
    enforcement.#maySlide = record.maySlide;
    enforcement.#whole = record.whole;
    enforcement.#sixth = record.sixth;
    enforcement.#highestAccepted = record.highestAccepted;
    enforcement.#lowestRefused = record.lowestRefused;
    enforcement.#refusedAtUs = record.refusedAtUs;
    enforcement.#mostInWindow = record.mostInWindow;
    enforcement.#refusedInWindow = record.refusedInWindow;
    return enforcement;
  }

  get record(): EnforcementRecord {
    const [whole, sixth] = [this.#whole, this.#sixth];
    return {
      mayBeBucket: this.#mayBeBucket,
      maySlide: this.#maySlide,
      ...(whole && { whole }),
      ...(sixth && { sixth }),
      highestAccepted: this.#highestAccepted,
      lowestRefused: this.#lowestRefused,
      refusedAtUs: this.#refusedAtUs,
      mostInWindow: this.#mostInWindow,
      refusedInWindow: this.#refusedInWindow,
    };
  }

  /** The most generous way that is left; undefined: none is, so the limit must be another. */
  get kind(): EnforcementKind | undefined {
    if (this.#mayBeBucket) return "bucket";
    if (this.#whole !== undefined) return "fixed";
    if (this.#maySlide) return "sliding";
    return this.#sixth === undefined ? undefined : "sixths";
  }

  /** When windows may begin, for `fixed` and `sixths`. */
  get phases(): PhaseArc | undefined {
    return this.kind === "sixths" ? this.#sixth : this.#whole;
  }

  /** Whether the phases are known well enough: within 4 % of the window. Each halving may cost a refusal. */
  get isSharp(): boolean {
    return this.phases === undefined || this.phases.widthUs < this.phases.windowUs * 0.04;
  }

  /**
   * The phases, and some time after. A window that is filled in the instant it begins would never show that it holds
   * more than is believed: it could have begun since.
   */
  get laterPhases(): PhaseArc | undefined {
    return this.phases && { ...this.phases, widthUs: this.phases.widthUs + 4 * this.#guardUs };
  }

  get maySlide(): boolean {
    return this.#maySlide;
  }

  /** The level at which a bucket refused, as a share of the limit; Infinity: it never did. */
  get bucketSize(): number {
    return this.#lowestRefused;
  }

  get bucketRefusedAtUs(): number {
    return this.#refusedAtUs;
  }

  /** What a sliding window's limit would have to be, as a share of the believed one; undefined: it is not that. */
  get slidingLimit(): number | undefined {
    return this.#mostInWindow <= this.#refusedInWindow * 1.003 ? this.#refusedInWindow : undefined;
  }

  /** Whether letting calls in can still tell when windows begin, so that looking at them is worth it. */
  get looksAtWindows(): boolean {
    const { kind } = this;
    if (kind === "bucket") return this.#whole !== undefined || this.#sixth !== undefined;
    return (kind === "fixed" || kind === "sixths") && !this.isSharp;
  }

  /** Whether a call that AWS let in can tell anything that others have not told yet. */
  isNews({ leastLevel, least, overAge }: Evidence): boolean {
    const { news } = tolerance;
    return leastLevel > this.#highestAccepted * news || least > this.#mostInWindow * news || overAge !== noAges;
  }

  /** AWS let a call in. @returns whether more is known now. */
  accepted(seen: Evidence): boolean {
    const isMore = seen.leastLevel > this.#highestAccepted || seen.least > this.#mostInWindow;
    const { maySlide } = this;
    const mayBeBucket = this.#mayBeBucket;
    const whole = this.#whole;
    const sixth = this.#sixth;
    if (seen.leastLevel > this.#highestAccepted) this.#highestAccepted = seen.leastLevel;
    if (seen.least > this.#mostInWindow) this.#mostInWindow = seen.least;
    const isBeyondBucket =
      seen.leastLevel > mostBucket ||
      (seen.atUs > this.#refusedAtUs &&
        seen.leastLevel > this.#lowestRefused * (1 + tolerance.level) + tolerance.level + seen.hold);
    if (isBeyondBucket) this.#mayBeBucket = false;
    if (seen.least > 1 + tolerance.accepted) this.#maySlide = false;
    this.#whole = this.#began(this.#whole, seen, seen.overAge.whole);
    this.#sixth = this.#began(this.#sixth, seen, seen.overAge.sixth);
    const isLess = mayBeBucket !== this.#mayBeBucket || maySlide !== this.#maySlide;
    return isMore || isLess || whole !== this.#whole || sixth !== this.#sixth;
  }

  /** Whether one of the ways that are left would have refused this. @param overAge - see `refused`. */
  explains(seen: Evidence, overAge: Ages): boolean {
    return (
      (this.#mayBeBucket && !this.#isBelowBucket(seen)) ||
      (this.#maySlide && seen.most > 1) ||
      this.#beganBefore(this.#whole, seen, overAge.whole) !== undefined ||
      this.#beganBefore(this.#sixth, seen, overAge.sixth) !== undefined
    );
  }

  /** AWS refused a call. @param overAge - windows at least so old (µs) may have been over their limit. */
  refused(seen: Evidence, overAge: Ages, nowUs: number): void {
    this.#refusedInWindow = Math.min(this.#refusedInWindow, seen.most);
    if (this.#isBelowBucket(seen)) this.#mayBeBucket = false;
    this.#lowestRefused = seen.level;
    this.#refusedAtUs = nowUs;
    if (seen.most <= 1) this.#maySlide = false;
    this.#whole = this.#beganBefore(this.#whole, seen, overAge.whole);
    this.#sixth = this.#beganBefore(this.#sixth, seen, overAge.sixth);
  }

  #isBelowBucket({ level, hold }: Evidence): boolean {
    return level <= leastBucket + 1e-9 || level < this.#highestAccepted - tolerance.level - hold;
  }

  /** A window that was over its limit cannot have let a call in: it has begun since. */
  #began(arc: PhaseArc | undefined, { atUs }: Evidence, ageUs: number): PhaseArc | undefined {
    if (arc === undefined || ageUs >= arc.windowUs) return arc;
    return meet(arc, beganBetween(arc.windowUs, atUs - ageUs - this.#guardUs, atUs + this.#guardUs));
  }

  /** A window that had room cannot have refused a call: it began before. */
  #beganBefore(arc: PhaseArc | undefined, { atUs }: Evidence, ageUs: number): PhaseArc | undefined {
    if (arc === undefined || ageUs >= arc.windowUs) return undefined;
    const { windowUs } = arc;
    return meet(arc, beganBetween(windowUs, atUs - windowUs - this.#guardUs, atUs - ageUs + this.#guardUs));
  }
}
