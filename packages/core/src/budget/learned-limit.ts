import { Enforcement } from "./enforcement.ts";
import type { Ages, Evidence } from "./evidence.ts";
import type { Gate, LearnedState } from "./gate.ts";
import { habit } from "./habit.ts";
import { MurkyTimes } from "./murky-times.ts";
import { Pause } from "./pause.ts";
import { type OthersUse, shareBeside, shareOfAnother } from "./others-use.ts";
import { nextRollUs } from "./phase-arc.ts";
import { afterRetreat } from "./retreat.ts";

/**
 * What one quota's limit turns out to be: how much (as a share of the published limit) and how AWS counts it. It starts
 * cautious, asks for more only while the limit is what binds, and believes refusals and admissions alone: quiet says
 * nothing. Pure: time is an argument, in µs of one monotonic clock.
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
  #nextTickUs: number;
  #hitBurst = false;
  #confirmations = 0;
  #answeredAtUs = Number.NEGATIVE_INFINITY;
  /** Share of the limit that a window may hold; above 1 while more is asked for. */
  #limit = 1;
  #reconsiderations = 0;
  #refusedAtUs = Number.NEGATIVE_INFINITY;
  #strayAtUs = Number.NEGATIVE_INFINITY;
  /** When AWS last refused what had not been asked on purpose. */
  #surprisedAtUs = Number.NEGATIVE_INFINITY;
  /** When others were found to use the quota too; undefined: nobody does, as far as is known. */
  #foundAtUs: number | undefined;
  readonly #pause: Pause;
  #usualHold = 0;
  readonly #murky = new MurkyTimes();

  constructor(windowUs: number) {
    this.#windowUs = windowUs;
    this.#patienceUs = windowUs * habit.firstPatience;
    this.#nextTickUs = windowUs / 240;
    this.#pause = new Pause(windowUs);
    this.#enforcement = new Enforcement(windowUs);
  }

  /** What is known, to go on from after a restart; undefined: nothing yet. */
  get state(): LearnedState | undefined {
    const { kind } = this;
    if (kind === undefined && this.#share === 1) return undefined;
    return { share: this.#share, kind: kind ?? "unknown", burst: this.#burst };
  }

  /** Goes on from what was known before a restart. Fixed windows are asked for again, sooner than at first. */
  remember({ share, kind, burst }: LearnedState, nowUs: number): void {
    this.#startOver(nowUs);
    this.#share = share;
    if (kind !== "bucket" && kind !== "sliding") return;
    this.#isCautious = false;
    this.#burst = burst;
    this.#confirmations = 1;
    const known = kind === "sliding" ? kind : { bucketSize: burst / 0.97 };
    this.#enforcement = Enforcement.remembered(this.#windowUs, known);
  }

  /** More or less of the limit is known to be others' use than was. */
  explain(use: OthersUse, nowUs: number): void {
    if (use.stays === 0) return this.#beAlone(nowUs);
    this.#foundAtUs ??= nowUs;
    this.#takeBack(shareBeside(this.#share, use), nowUs);
  }

  /** AWS publishes another limit. @param ratio - what it published before ÷ now. */
  rebase(ratio: number, nowUs: number): void {
    this.#takeBack(shareOfAnother(this.#share, ratio), nowUs);
  }

  #takeBack(share: number, nowUs: number): void {
    if (this.#share < 1 && share === 1) this.#believe(1, nowUs);
    else this.#share = share;
  }

  /** What AWS refused and let in beside others says nothing of a limit that is ours alone. */
  #beAlone(nowUs: number): void {
    if (this.#share !== 1 || this.#refusedAtUs > (this.#foundAtUs ?? nowUs)) this.#believe(1, nowUs);
    this.#foundAtUs = undefined;
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
    return this.#pause.untilUs;
  }

  /** Whether bookings need the ages of windows that are over their limit. */
  get looksAtWindows(): boolean {
    return this.#limit > 1 || this.#enforcement.looksAtWindows;
  }

  /** Whether bookings are made to learn when windows begin, or how much they hold. */
  get isAsking(): boolean {
    return this.#limit > 1 || this.#enforcement.kind !== "bucket";
  }

  /** How AWS counts, as far as it is known; undefined: still cautious. */
  get kind(): Enforcement["kind"] {
    return this.#isCautious ? undefined : this.#enforcement.kind;
  }

  gate(nowUs: number): Gate {
    const { kind, isSharp } = this.#enforcement;
    const phases = this.#limit > 1 ? this.#enforcement.laterPhases : this.#enforcement.phases;
    const isFresh = nowUs - this.#surprisedAtUs < this.#windowUs * 0.2;
    const mayAsk = nowUs > this.#refusedAtUs + this.#windowUs * (kind === "sixths" ? 0.12 : 0.7) && !isSharp;
    if (this.#isCautious) return { burst: this.#burst, window: "sliding", limit: 1, mayAsk: false };
    switch (kind) {
      case "bucket":
        return { burst: this.#burst, window: undefined, limit: 1, mayAsk: false };
      case "fixed":
        return { burst: this.#pace(nowUs), window: phases, limit: this.#limit, mayAsk };
      case "sixths":
        return {
          burst: isFresh || mayAsk ? this.#pace(nowUs) : Number.POSITIVE_INFINITY,
          window: phases,
          limit: 1 / 6,
          mayAsk,
        };
      default:
        return { burst: Number.POSITIVE_INFINITY, window: "sliding", limit: this.#limit, mayAsk: false };
    }
  }

  /**
   * A call was booked. @param seen - shares of the limit: its hold, the bucket level and the window's sum after it.
   * @returns whether the gate may be another now.
   */
  booked({ hold, level, most: fill }: Pick<Evidence, "hold" | "level" | "most">, nowUs: number): boolean {
    this.#usualHold += (hold - this.#usualHold) / 32;
    if (level >= this.#burst * 0.95) this.#hitBurst = true;
    return nowUs >= this.#nextTickUs && this.#tick(fill, nowUs);
  }

  /** What time brings while demand binds, or does not. @returns whether the gate may be another now. */
  #tick(fill: number, nowUs: number): boolean {
    this.#nextTickUs = nowUs + this.#windowUs / 240;
    this.#noteDemand(fill, nowUs);
    const sinceUs = nowUs - this.#tickedUs;
    this.#tickedUs = nowUs;
    const isBound = this.#boundSinceUs !== undefined && nowUs - this.#boundSinceUs >= this.#windowUs * habit.patience;
    const quietUs = nowUs - Math.max(this.#refusedAtUs, this.#believedSinceUs);
    const forget = this.#foundAtUs === undefined ? habit.forget : habit.forgetBeside;
    if (this.#share < 1 && quietUs > this.#windowUs * forget) {
      this.#believe(1, nowUs);
    } else if (!isBound) return false;
    else if (this.#isCautious) this.#isCautious = nowUs - this.#believedSinceUs < this.#patienceUs;
    else if (this.#enforcement.kind === "bucket") this.#growBurst(sinceUs, nowUs);
    else this.#askForMore(sinceUs, nowUs);
    this.#hitBurst = false;
    return true;
  }

  /** AWS let a call in that had been booked. @returns whether the gate may be another now. */
  accepted(evidence: Evidence, nowUs: number): boolean {
    if (evidence.atUs > this.#refusedAtUs) this.#pause.accepted();
    const isNews = evidence.belief === this.#belief && this.#enforcement.isNews(evidence);
    return isNews && !this.#murky.has(evidence.atUs) && this.#learn(evidence, nowUs);
  }

  #learn(evidence: Evidence, nowUs: number): boolean {
    const before = this.#enforcement.kind;
    this.#enforcement.accepted(evidence);
    const { kind } = this.#enforcement;
    if (kind === before) return kind === "fixed" || kind === "sixths";
    if (kind === undefined) this.#believe(this.#share * (this.#confirmations > 1 ? habit.nudge : habit.raise), nowUs);
    return true;
  }

  /**
   * AWS refused a call that had been booked. @param overAge - windows at least so old may have been over their limit.
   * @returns µs for which the refused hold is best counted as if AWS had taken it: the book was wrong by so much.
   */
  refused(evidence: Evidence, overAge: Ages, nowUs: number): number {
    const isSameEvidence = evidence.atUs <= this.#refusedAtUs;
    this.#murky.add(evidence.atUs, nowUs);
    if (isSameEvidence) return 0;
    this.#refusedAtUs = nowUs;
    this.#pause.refused(nowUs, this.kind === "sixths" && this.#share === 1 ? 4 : 1);
    if (evidence.belief !== this.#belief) return 0;
    const before = this.#enforcement.kind;
    this.#weigh(evidence, overAge, nowUs);
    const { kind, phases } = this.#enforcement;
    if (kind !== before || kind === "bucket") return 0;
    return phases === undefined || kind === "sliding" ? this.#windowUs : nextRollUs(phases, nowUs) - nowUs;
  }

  /**
   * An even pace at first, less even the longer nothing is refused that was not asked for: a window that is spent at once
   * may be refused whole.
   */
  #pace(nowUs: number): number {
    const quiet = (nowUs - Math.max(this.#surprisedAtUs, this.#believedSinceUs)) / this.#windowUs;
    const careful = Math.min(habit.burst, Math.max(habit.carefulBurst, habit.carefulHolds * this.#usualHold));
    return Math.min(habit.largestBurst, careful + habit.paceGrowth * Math.max(0, quiet - 1));
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
    if (this.#limit === 1) this.#surprisedAtUs = nowUs;
    this.#limit = 1;
    // Refusals that follow each other are one answer.
    if (nowUs - this.#answeredAtUs > this.#windowUs / 2) this.#confirmations += 1;
    this.#answeredAtUs = nowUs;
    if (kind === "bucket") this.#burst = Math.max(habit.burst / 2, bucketSize * 0.97);
  }

  /** Nothing explains what was refused under the believed limit: it is another. */
  #retreat(evidence: Evidence, nowUs: number): void {
    this.#believe(this.#share * afterRetreat(evidence, this.#enforcement.slidingLimit), nowUs);
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
    this.#limit = 1;
  }

  #noteDemand(fill: number, nowUs: number): void {
    if (fill < habit.slack) this.#boundSinceUs = undefined;
    else if (fill >= habit.binding) this.#boundSinceUs ??= nowUs;
  }

  /**
   * While the burst is what binds it grows, until AWS refuses; what it refused at is asked for again, ever later. A step
   * is small, because what goes out together is refused together.
   */
  #growBurst(sinceUs: number, nowUs: number): void {
    const { bucketSize, bucketRefusedAtUs } = this.#enforcement;
    const hasRefused = bucketSize < Number.POSITIVE_INFINITY;
    const isKnown = hasRefused && nowUs - bucketRefusedAtUs < this.#waits() * this.#windowUs;
    if (!this.#hitBurst || isKnown) return;
    const most = hasRefused ? bucketSize * 1.05 + 0.04 + 2 * this.#usualHold : habit.largestBurst;
    this.#burst = Math.max(this.#burst, Math.min(most, this.#burst + this.#step(sinceUs)));
  }

  /** Asks whether a window holds more than is believed; sixths are cheap to take for them, so those are asked whole. */
  #askForMore(sinceUs: number, nowUs: number): void {
    const quietUs = nowUs - Math.max(this.#believedSinceUs, this.#refusedAtUs);
    if (this.#enforcement.kind === "sixths") {
      if (nowUs - this.#believedSinceUs < habit.reconsiderSixths * 2 ** this.#reconsiderations * this.#windowUs) return;
      this.#reconsiderations += 1;
      this.#isCautious = true;
      this.#startOver(nowUs);
    } else if (quietUs >= this.#waits() * this.#windowUs) {
      this.#limit = Math.min(habit.largestAsked, this.#limit + this.#step(sinceUs));
    }
  }

  #step(sinceUs: number): number {
    return habit.growth * Math.min(sinceUs / this.#windowUs, 1 / 120);
  }

  /** Windows until what AWS refused is asked for again. */
  #waits(): number {
    return Math.min(habit.confirmAfter * 10 ** Math.max(0, this.#confirmations - 1), habit.confirmLatest);
  }
}
