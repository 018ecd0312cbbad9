import { answeredWith } from "./answer.ts";
import { Demand } from "./demand.ts";
import { Enforcement } from "./enforcement.ts";
import type { Ages, Evidence } from "./evidence.ts";
import type { Gate, LearnedState } from "./gate.ts";
import { gateOf, type Learned } from "./gate-of.ts";
import { grownBurst, grownLimit, reconsiders, type Tick } from "./growth.ts";
import { habit } from "./habit.ts";
import { type KnownLimit, knownAnew, knownAtFirst } from "./known-limit.ts";
import type { LearnedRecord } from "./learned-record.ts";
import { MurkyTimes } from "./murky-times.ts";
import { type OthersUse, shareBeside, shareOfAnother } from "./others-use.ts";
import { Pause } from "./pause.ts";
import { nextRollUs } from "./phase-arc.ts";
import { afterRetreat } from "./retreat.ts";

/**
 * What one quota's limit turns out to be, as a share of the published one, and how AWS counts it. Starts cautious, asks for
 * more only while the limit binds, believes refusals and admissions alone. Pure: time is an argument, µs of one clock.
 */
export class LearnedLimit {
  readonly #windowUs: number;
  #known: KnownLimit;
  #enforcement: Enforcement;
  #revision = 0;
  readonly #demand: Demand;
  readonly #pause: Pause;
  readonly #murky = new MurkyTimes();

  constructor(windowUs: number) {
    this.#windowUs = windowUs;
    this.#known = knownAtFirst(windowUs);
    this.#demand = new Demand(windowUs);
    this.#pause = new Pause(windowUs);
    this.#enforcement = new Enforcement(windowUs);
  }

  /**
   * Grows with whatever is learned, but for what is seen all the time and brings nothing by itself: how large calls are,
   * that one reached the burst, and that time was looked at.
   */
  get revision(): number {
    return this.#revision;
  }

  get record(): LearnedRecord {
    return {
      known: this.#known,
      enforcement: this.#enforcement.record,
      pause: this.#pause.record,
      murky: this.#murky.record,
      demand: this.#demand.record,
    };
  }

  /** Knows what the record says, and nothing else. */
  adopt({ known, enforcement, pause, murky, demand }: LearnedRecord): void {
    this.#known = known;
    this.#enforcement = Enforcement.of(this.#windowUs, enforcement);
    this.#pause.adopt(pause);
    this.#murky.adopt(murky);
    this.#demand.adopt(demand);
  }

  /** What is known, to go on from after a restart; undefined: nothing yet. */
  get state(): LearnedState | undefined {
    const { kind, share } = this;
    if (kind === undefined && share === 1) return undefined;
    return { share, kind: kind ?? "unknown", burst: this.#known.burst };
  }

  /** Goes on from what was known before a restart. Fixed windows are asked for again, sooner than at first. */
  remember({ share, kind, burst }: LearnedState, nowUs: number): void {
    this.#startOver({ share }, nowUs);
    if (kind !== "bucket" && kind !== "sliding") return;
    this.#learn({ isCautious: false, burst, confirmations: 1 });
    const known = kind === "sliding" ? kind : { bucketSize: burst / 0.97 };
    this.#enforcement = Enforcement.remembered(this.#windowUs, known);
  }

  /** More or less of the limit is known to be others' use than was. */
  explain(use: OthersUse, nowUs: number): void {
    if (use.stays === 0) return this.#beAlone(nowUs);
    if (this.#known.foundAtUs === undefined) this.#learn({ foundAtUs: nowUs });
    this.#takeBack(shareBeside(this.share, use), nowUs);
  }

  /** AWS publishes another limit. @param ratio - what it published before ÷ now. */
  rebase(ratio: number, nowUs: number): void {
    this.#takeBack(shareOfAnother(this.share, ratio), nowUs);
  }

  #takeBack(share: number, nowUs: number): void {
    if (this.share < 1 && share === 1) this.#believe(1, nowUs);
    else if (this.share !== share) this.#learn({ share });
  }

  /** What AWS refused and let in beside others says nothing of a limit that is ours alone. */
  #beAlone(nowUs: number): void {
    const { foundAtUs = nowUs, refusedAtUs } = this.#known;
    if (this.share !== 1 || refusedAtUs > foundAtUs) this.#believe(1, nowUs);
    const { foundAtUs: _, ...alone } = this.#known;
    this.#known = alone;
    this.#revision += 1;
  }

  /** The limit as a share of the published one, above 0. */
  get share(): number {
    return this.#known.share;
  }

  /** Names what is believed now; evidence carries it. */
  get belief(): number {
    return this.#known.belief;
  }

  get pausedUntilUs(): number {
    return this.#pause.untilUs;
  }

  /** Whether bookings need the ages of windows that are over their limit. */
  get looksAtWindows(): boolean {
    return this.#known.limit > 1 || this.#enforcement.looksAtWindows;
  }

  /** Whether bookings are made to learn when windows begin, or how much they hold. */
  get isAsking(): boolean {
    return this.#known.limit > 1 || this.#enforcement.kind !== "bucket";
  }

  /** How AWS counts, as far as it is known; undefined: still cautious. */
  get kind(): Enforcement["kind"] {
    return this.#known.isCautious ? undefined : this.#enforcement.kind;
  }

  gate(nowUs: number): Gate {
    return gateOf(this.#learned, nowUs);
  }

  /**
   * A call was booked. @param seen - shares of the limit: its hold, the bucket level and the window's sum after it.
   * @returns whether the gate may be another now.
   */
  booked(seen: Pick<Evidence, "hold" | "level" | "most">, nowUs: number): boolean {
    return this.#demand.booked(seen, this.#known.burst, nowUs) && this.#tick(seen.most, nowUs);
  }

  /** What time brings while demand binds, or does not. @returns whether the gate may be another now. */
  #tick(fill: number, nowUs: number): boolean {
    if (this.#demand.note(fill, nowUs)) this.#revision += 1;
    const sinceUs = this.#demand.tick(nowUs);
    const { share, isCautious, refusedAtUs, believedSinceUs, patienceUs, foundAtUs } = this.#known;
    const quietUs = nowUs - Math.max(refusedAtUs, believedSinceUs);
    const forget = foundAtUs === undefined ? habit.forget : habit.forgetBeside;
    if (share < 1 && quietUs > this.#windowUs * forget) {
      this.#believe(1, nowUs);
    } else if (!this.#demand.isBound(nowUs)) return false;
    else if (!isCautious) this.#askForMore({ nowUs, sinceUs });
    else if (nowUs - believedSinceUs >= patienceUs) this.#learn({ isCautious: false });
    this.#demand.answered();
    return true;
  }

  /** AWS let a call in that had been booked. @returns whether the gate may be another now. */
  accepted(evidence: Evidence, nowUs: number): boolean {
    const { refusedAtUs, belief } = this.#known;
    if (evidence.atUs > refusedAtUs && this.#pause.accepted()) this.#revision += 1;
    const isNews = evidence.belief === belief && this.#enforcement.isNews(evidence);
    return isNews && !this.#murky.has(evidence.atUs) && this.#admit(evidence, nowUs);
  }

  #admit(evidence: Evidence, nowUs: number): boolean {
    const before = this.#enforcement.kind;
    if (this.#enforcement.accepted(evidence)) this.#revision += 1;
    const { kind } = this.#enforcement;
    if (kind === before) return kind === "fixed" || kind === "sixths";
    const { share, confirmations } = this.#known;
    if (kind === undefined) this.#believe(share * (confirmations > 1 ? habit.nudge : habit.raise), nowUs);
    return true;
  }

  /**
   * AWS refused a call that had been booked. @param overAge - windows at least so old may have been over their limit.
   * @returns µs for which the refused hold is best counted as if AWS had taken it: the book was wrong by so much.
   */
  refused(evidence: Evidence, overAge: Ages, nowUs: number): number {
    const isSameEvidence = evidence.atUs <= this.#known.refusedAtUs;
    this.#murky.add(evidence.atUs, nowUs);
    this.#revision += 1;
    if (isSameEvidence) return 0;
    this.#learn({ refusedAtUs: nowUs });
    this.#pause.refused(nowUs, this.kind === "sixths" && this.share === 1 ? 4 : 1);
    if (evidence.belief !== this.belief) return 0;
    const before = this.#enforcement.kind;
    this.#weigh(evidence, overAge, nowUs);
    const { kind, phases } = this.#enforcement;
    if (kind !== before || kind === "bucket") return 0;
    return phases === undefined || kind === "sliding" ? this.#windowUs : nextRollUs(phases, nowUs) - nowUs;
  }

  #weigh(evidence: Evidence, overAge: Ages, nowUs: number): void {
    const explains = this.#enforcement.explains(evidence, overAge);
    const isStray = !explains && nowUs - this.#known.strayAtUs > this.#windowUs * habit.strayMemory;
    if (isStray) return this.#learn({ strayAtUs: nowUs });
    const { kind: before } = this.#enforcement;
    this.#enforcement.refused(evidence, overAge, nowUs);
    if (this.#enforcement.kind === undefined) this.#retreat(evidence, nowUs);
    else this.#learn(answeredWith(this.#learned, before, nowUs));
  }

  /** Nothing explains what was refused under the believed limit: it is another. */
  #retreat(evidence: Evidence, nowUs: number): void {
    this.#believe(this.share * afterRetreat(evidence, this.#enforcement.slidingLimit), nowUs);
    this.#learn({ isCautious: true });
  }

  /** Sixths are cheap to take for windows that hold more, so those are asked whole. */
  #askForMore(tick: Tick): void {
    const { kind } = this.#enforcement;
    if (kind === "sixths") this.#reconsiderSixths(tick.nowUs);
    else if (kind !== "bucket") this.#grow({ limit: grownLimit(this.#learned, tick) });
    else if (this.#demand.hitBurst) this.#grow({ burst: grownBurst(this.#learned, tick) });
  }

  #grow(grown: Partial<Pick<KnownLimit, "limit" | "burst">>): void {
    const { limit, burst } = { ...this.#known, ...grown };
    if (limit !== this.#known.limit || burst !== this.#known.burst) this.#learn(grown);
  }

  #reconsiderSixths(nowUs: number): void {
    if (!reconsiders(this.#learned, nowUs)) return;
    this.#startOver({ reconsiderations: this.#known.reconsiderations + 1, isCautious: true }, nowUs);
  }

  /** Starts over with another limit. */
  #believe(share: number, nowUs: number): void {
    this.#startOver({ share, isCautious: share <= this.share }, nowUs);
  }

  #startOver(change: Partial<KnownLimit>, nowUs: number): void {
    this.#enforcement = new Enforcement(this.#windowUs);
    this.#learn({ ...change, ...knownAnew(this.#known, this.#windowUs, nowUs) });
  }

  #learn(change: Partial<KnownLimit>): void {
    this.#known = { ...this.#known, ...change };
    this.#revision += 1;
  }

  get #learned(): Learned {
    const { usualHold } = this.#demand;
    return { windowUs: this.#windowUs, known: this.#known, enforcement: this.#enforcement, usualHold };
  }
}
