import { Enforcement, isSharp, leastBucket } from "./enforcement.ts";
import type { Ages, Evidence } from "./evidence.ts";
import { nextRollUs, type PhaseArc } from "./phase-arc.ts";

/** How the book starts, asks and retreats where AWS publishes nothing. Shares are 0 to 1; times are in windows. */
const habit = {
  /** A burst that every quota is spent with from the start: 6 s of a minute. */
  burst: leastBucket,
  /** While windows are only suspected: what goes out together is refused together. At least so many holds. */
  carefulBurst: 0.02,
  carefulHolds: 4,
  /** Demand binds while the last window holds at least this share of the limit, until it holds less than the other. */
  binding: 0.95,
  slack: 0.85,
  /** How long a limit must bind before the book asks for more: the first time, and after it has changed its mind. */
  patience: 1 / 3,
  firstPatience: 1,
  /** Burst won per window while it binds and nothing is refused. */
  growth: 0.9,
  /** A bucket's size is asked for again so long after a refusal, ten times later each time, at most so late. */
  confirmAfter: 1,
  confirmLatest: 100,
  /** A pause after a refusal in which nothing starts: 0.5 s of a minute, doubled with each in a row up to 8 s. */
  pause: 1 / 120,
  longestPause: 16,
  /** A limit that explains nothing is taken for so much more, or so much less at most. */
  raise: 1.25,
  steepestRetreat: 0.7,
  retreat: 0.98,
  slidingRetreat: 0.998,
  /** A refusal nothing explains is a stray, unless another comes within so many windows. */
  strayMemory: 3,
  /**
   * What is believed of windows is asked anew after so long, twice as long each time: soonest where it leaves most
   * unused, later where the limit is not the published one, latest where all fits.
   */
  reconsiderSixths: 2,
  reconsiderLimit: 15,
  reconsider: 60,
  /** A limit below the published one is tried whole again after an hour without a refusal. */
  forget: 60,
} as const;

/** What the book must keep of a quota, as far as is known now. Shares are of `share` × the published limit. */
export interface Gate {
  /** Bucket level that no call may exceed, unless it is alone; Infinity: none. */
  readonly burst: number;
  /** The window that must not hold more than `limit`; an arc is one that begins at fixed times; undefined: none. */
  readonly window: "sliding" | PhaseArc | undefined;
  /** Share of the limit a window may hold. */
  readonly limit: number;
  /** The earlier half of a window's possible beginnings may be taken for all of them: a call asks which half it is. */
  readonly mayAsk: boolean;
}

/**
 * What one quota's limit turns out to be: how much (as a share of the published limit) and how AWS counts it. It starts
 * cautious (safe under a bucket, a fixed and a sliding window), asks for more only while the limit is what binds, and
 * believes refusals and admissions alone: quiet says nothing. Pure: time is an argument, in µs of one monotonic clock.
 */
export class LearnedLimit {
  readonly #windowUs: number;
  #enforcement: Enforcement;
  #share = 1;
  #belief = 0;
  #isCautious = true;
  #burst: number = habit.burst;
  #boundSinceUs: number | undefined;
  #patienceUs: number;
  #believedSinceUs = 0;
  #tickedUs = 0;
  #hitBurst = false;
  #confirmations = 0;
  #reconsiderations = 0;
  #refusedAtUs = Number.NEGATIVE_INFINITY;
  #strayAtUs = Number.NEGATIVE_INFINITY;
  #refusalsInARow = 0;
  #pausedUntilUs = Number.NEGATIVE_INFINITY;
  #usualHold = 0;
  /** While a refused call was under way, the book held more than AWS did. */
  readonly #murky: { fromUs: number; untilUs: number }[] = [];

  constructor(windowUs: number) {
    this.#windowUs = windowUs;
    this.#patienceUs = windowUs * habit.firstPatience;
    this.#enforcement = new Enforcement(windowUs);
  }

  /** The limit as a share of the published one, above 0. */
  get share(): number {
    return this.#share;
  }

  /** Names what is believed now; evidence carries it. */
  get belief(): number {
    return this.#belief;
  }

  get pausedUntilUs(): number {
    return this.#pausedUntilUs;
  }

  /** Whether bookings need the ages of windows that are over their limit. */
  get looksAtWindows(): boolean {
    return this.#enforcement.looksAtWindows;
  }

  /** How AWS counts, as far as it is known; undefined: still cautious. */
  get kind(): Enforcement["kind"] {
    return this.#isCautious ? undefined : this.#enforcement.kind;
  }

  gate(nowUs: number): Gate {
    const { kind, phases } = this.#enforcement;
    const isFresh = nowUs - this.#refusedAtUs < this.#windowUs * (kind === "sixths" ? 0.2 : 1.1);
    const mayAsk = nowUs > this.#refusedAtUs + this.#windowUs * (kind === "sixths" ? 0.12 : 0.7) && !isSharp(phases);
    if (this.#isCautious) return { burst: this.#burst, window: "sliding", limit: 1, mayAsk: false };
    switch (kind) {
      case "bucket":
        return { burst: this.#burst, window: undefined, limit: 1, mayAsk: false };
      case "fixed":
        // One greedy window could be refused whole, so the first one goes at an even pace.
        return { burst: this.#pace(this.#enforcement.maySlide || isFresh || mayAsk), window: phases, limit: 1, mayAsk };
      case "sixths":
        return { burst: this.#pace(isFresh || mayAsk), window: phases, limit: 1 / 6, mayAsk };
      default:
        return { burst: Number.POSITIVE_INFINITY, window: "sliding", limit: 1, mayAsk: false };
    }
  }

  /**
   * A call was booked. @param seen - shares of the limit: its hold, the bucket level and the window's sum after it.
   * @returns whether the gate may be another now.
   */
  booked({ hold, level, most: fill }: Pick<Evidence, "hold" | "level" | "most">, nowUs: number): boolean {
    this.#usualHold += (hold - this.#usualHold) / 32;
    if (level >= this.#burst * 0.95) this.#hitBurst = true;
    if (nowUs < this.#tickedUs + this.#windowUs / 240) return false;
    this.#noteDemand(fill, nowUs);
    const sinceUs = nowUs - this.#tickedUs;
    this.#tickedUs = nowUs;
    const isBound = this.#boundSinceUs !== undefined && nowUs - this.#boundSinceUs >= this.#windowUs * habit.patience;
    if (this.#share < 1 && nowUs - Math.max(this.#refusedAtUs, this.#believedSinceUs) > this.#windowUs * habit.forget) {
      this.#believe(1, nowUs);
    } else if (!isBound) return false;
    else if (this.#isCautious) this.#isCautious = nowUs - this.#believedSinceUs < this.#patienceUs;
    else if (this.#enforcement.kind === "bucket") this.#growBurst(sinceUs, nowUs);
    else this.#reconsider(nowUs);
    this.#hitBurst = false;
    return true;
  }

  /** AWS let a call in that had been booked. @returns whether the gate may be another now. */
  accepted(evidence: Evidence, nowUs: number): boolean {
    if (evidence.atUs > this.#refusedAtUs) this.#refusalsInARow = 0;
    if (evidence.belief !== this.#belief || this.#isMurky(evidence.atUs)) return false;
    const before = this.#enforcement.kind;
    this.#enforcement.accepted(evidence);
    const { kind } = this.#enforcement;
    if (kind === before) return kind === "fixed" || kind === "sixths";
    if (kind === undefined) this.#believe(this.#share * habit.raise, nowUs);
    return true;
  }

  /**
   * AWS refused a call that had been booked. @param overAge - windows at least so old may have been over their limit.
   * @returns µs for which the refused hold is best counted as if AWS had taken it: the book was wrong by so much.
   */
  refused(evidence: Evidence, overAge: Ages, nowUs: number): number {
    const isSameEvidence = evidence.atUs <= this.#refusedAtUs;
    this.#noteMurk(evidence.atUs, nowUs);
    if (isSameEvidence) return 0;
    this.#refusedAtUs = nowUs;
    this.#pause(nowUs);
    if (evidence.belief !== this.#belief) return 0;
    const before = this.#enforcement.kind;
    this.#weigh(evidence, overAge, nowUs);
    const { kind, phases } = this.#enforcement;
    if (kind !== before || kind === "bucket") return 0;
    return phases === undefined || kind === "sliding" ? this.#windowUs : nextRollUs(phases, nowUs) - nowUs;
  }

  /** An even pace until it is known that a window can be spent at once. */
  #pace(isNeeded: boolean): number {
    if (!isNeeded) return Number.POSITIVE_INFINITY;
    return Math.min(habit.burst, Math.max(habit.carefulBurst, habit.carefulHolds * this.#usualHold));
  }

  #weigh(evidence: Evidence, overAge: Ages, nowUs: number): void {
    const explains = this.#enforcement.explains(evidence, overAge);
    if (!explains && nowUs - this.#strayAtUs > this.#windowUs * habit.strayMemory) {
      this.#strayAtUs = nowUs;
      return;
    }
    const { kind: before } = this.#enforcement;
    this.#enforcement.refused(evidence, overAge, nowUs);
    const { kind, bucketSize } = this.#enforcement;
    if (kind === undefined) return this.#retreat(evidence, nowUs);
    this.#isCautious = false;
    if (kind !== before) this.#believedSinceUs = nowUs;
    if (kind === "bucket") this.#burst = Math.max(habit.burst / 2, bucketSize * 0.97);
  }

  /** Nothing explains what was refused under the believed limit: it is another. */
  #retreat(evidence: Evidence, nowUs: number): void {
    const { slidingLimit } = this.#enforcement;
    const { retreat, slidingRetreat, steepestRetreat } = habit;
    const isFarBeyond = slidingLimit === undefined && evidence.most > habit.raise;
    const step = isFarBeyond ? evidence.most : Math.max(steepestRetreat, slidingLimit ?? Math.min(1, evidence.most));
    this.#believe(this.#share * step * (slidingLimit === undefined ? retreat : slidingRetreat), nowUs);
    this.#isCautious = true;
  }

  /** Starts over with another limit. */
  #believe(share: number, nowUs: number): void {
    this.#isCautious = share <= this.#share;
    this.#share = share;
    this.#startOver(nowUs);
  }

  #startOver(nowUs: number): void {
    this.#belief += 1;
    this.#enforcement = new Enforcement(this.#windowUs);
    this.#burst = habit.burst;
    this.#patienceUs = this.#windowUs * habit.patience;
    this.#believedSinceUs = nowUs;
    this.#confirmations = 0;
  }

  #noteDemand(fill: number, nowUs: number): void {
    if (fill < habit.slack) this.#boundSinceUs = undefined;
    else if (fill >= habit.binding) this.#boundSinceUs ??= nowUs;
  }

  /** While the burst is what binds it grows, until AWS refuses; what it refused at is asked for again, ever later. */
  #growBurst(sinceUs: number, nowUs: number): void {
    const { bucketSize, bucketRefusedAtUs } = this.#enforcement;
    const windows = sinceUs / this.#windowUs;
    if (bucketSize === Number.POSITIVE_INFINITY) {
      if (this.#hitBurst) this.#burst = Math.min(1.2, this.#burst + habit.growth * Math.min(windows, 1 / 120));
      return;
    }
    const waits = Math.min(habit.confirmAfter * 10 ** this.#confirmations, habit.confirmLatest);
    if (nowUs - bucketRefusedAtUs < waits * this.#windowUs || this.#burst > bucketSize) return;
    this.#confirmations += 1;
    this.#burst = bucketSize * 1.04 + 0.03;
  }

  /** AWS may have raised a limit, and a window may have been taken for another. */
  #reconsider(nowUs: number): void {
    const first =
      this.#enforcement.kind === "sixths"
        ? habit.reconsiderSixths
        : this.#share === 1
          ? habit.reconsider
          : habit.reconsiderLimit;
    const waits = first * 2 ** this.#reconsiderations;
    if (nowUs - this.#believedSinceUs < waits * this.#windowUs) return;
    this.#reconsiderations += 1;
    this.#isCautious = true;
    this.#startOver(nowUs);
  }

  #pause(nowUs: number): void {
    const length = this.#windowUs * (this.kind === "sixths" ? habit.pause / 4 : habit.pause);
    const times = Math.min(2 ** this.#refusalsInARow, habit.longestPause);
    this.#refusalsInARow += 1;
    this.#pausedUntilUs = nowUs + Math.ceil(length * times);
  }

  #noteMurk(fromUs: number, untilUs: number): void {
    const last = this.#murky.at(-1);
    if (last !== undefined && fromUs <= last.untilUs) {
      last.fromUs = Math.min(last.fromUs, fromUs);
      last.untilUs = untilUs;
      return;
    }
    this.#murky.push({ fromUs, untilUs });
    if (this.#murky.length > 32) this.#murky.shift();
  }

  #isMurky(atUs: number): boolean {
    return this.#murky.some(({ fromUs, untilUs }) => atUs >= fromUs && atUs <= untilUs);
  }
}
