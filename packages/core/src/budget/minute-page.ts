import { type Ages, type Evidence, noAges } from "./evidence.ts";
import type { Gate } from "./gate.ts";
import { LearnedLimit } from "./learned-limit.ts";
import { maybeOver, surelyOver } from "./over-age.ts";
import { firstHalf, nextRollUs, oldestStartUs, type PhaseArc } from "./phase-arc.ts";
import { leftOf, type Limit } from "./limits.ts";
import type { OpenUnits } from "./minute-entry.ts";
import type { Quota } from "./quota.ts";
import type { QuotaSnapshot } from "./quota-snapshot.ts";
import { SettledUnits } from "./settled-units.ts";
import { WindowRing } from "./window-ring.ts";

/** Slots of a ring. It counts one to two slots too much: of 60 slots that would be 2.5 % of the window, of 480 it is 0.3 %. */
const ringSlots = 480;

/** What the window that counts holds, and since when it does. */
interface Counted {
  readonly units: number;
  readonly fromUs: number;
}

/** What a page of the book knows besides the numbers that every candidate of every call is judged by. */
export class MinutePage {
  readonly quota: Quota;
  readonly windowUs: number;
  readonly learned: LearnedLimit;
  readonly settled: SettledUnits = new SettledUnits();
  gate: Gate;
  /** Units per window as AWS publishes it. */
  published = 0;
  /** Units per window that others leave of that, as far as anybody knows. */
  #left = 0;
  /** Units per window as AWS seems to keep it for us. */
  limit = 0;
  /** Units per window that may be used of that. */
  usable = 0;
  /** Units that the window which counts may hold; Infinity: none counts. */
  mayHold = 0;
  /** Units per window that may be used at most, whatever AWS keeps. */
  #most = Number.POSITIVE_INFINITY;
  /** Length of the window in µs of arrival time at the price of what may be used. */
  #limitUs: number;
  #foreignUse = 0;
  /** Units held by calls under way. */
  open = 0;
  /** Of those, what AWS may not have taken. */
  #doubt = 0;
  #counted: Counted & { readonly slot: number; readonly missing: number } = nothing;
  /** Units AWS refused where the book had room: counted until then, because the book was wrong by as much. */
  #missing = 0;
  #missingUntilUs = 0;
  #bookings = 0;
  /** Made at the first booking: most pages of a large fleet are never written on. */
  #ring: WindowRing | undefined;

  constructor(quota: Quota) {
    this.quota = quota;
    this.windowUs = quota.windowMs * 1e3;
    this.#limitUs = this.windowUs;
    this.learned = new LearnedLimit(this.windowUs);
    this.gate = this.learned.gate(0);
  }

  get ring(): WindowRing {
    return (this.#ring ??= new WindowRing(this.windowUs, ringSlots));
  }

  /**
   * Another limit. What is learned speaks of what AWS publishes and others leave, so what our own rules allow is kept
   * apart from it; and what is found to be others' use was learned to be a smaller limit before.
   */
  publish(limit: Limit, nowUs: number): void {
    const before = this.#foreignUse;
    const leftBefore = this.#left;
    const publishedBefore = this.published;
    this.published = limit.published;
    this.#foreignUse = limit.foreignUse ?? 0;
    this.#left = leftOf(limit);
    this.#most = limit.most ?? Number.POSITIVE_INFINITY;
    const isChanged = publishedBefore > 0 && this.published > 0 && publishedBefore !== this.published;
    if (isChanged) this.learned.rebase(publishedBefore / this.published, nowUs);
    if (this.#foreignUse === before || (this.#left === 0 && this.#foreignUse > 0)) return;
    const stays = before === 0 ? 1 : Math.min(1, this.#foreignUse / before);
    this.learned.explain({ leftBefore, left: this.#left, stays }, nowUs);
  }

  /** Reads what is learned. */
  read(nowUs: number): void {
    const gate = this.learned.gate(nowUs);
    if (gate.window !== this.gate.window) this.#counted = nothing;
    this.gate = gate;
    this.limit = this.#left * this.learned.share;
    this.usable = Math.min(this.limit, this.#most);
    const isCapped = this.usable < this.limit;
    this.#limitUs = isCapped ? (this.windowUs / this.usable) * this.limit : this.windowUs;
    const held = isCapped ? this.usable * Math.min(1, gate.limit) : Math.min(this.limit * gate.limit, this.#most);
    this.mayHold = this.limit > 0 && gate.window === undefined ? Number.POSITIVE_INFINITY : held;
  }

  /** Counts what the window holds that the gate is about; undefined: only bookings and endings have changed it since. */
  count(nowUs: number): Counted | undefined {
    const { window } = this.gate;
    const isFixed = window !== undefined && window !== "sliding";
    const fromUs = isFixed ? oldestStartUs(window, nowUs) : nowUs - this.windowUs;
    const missing = this.#missingAt(nowUs);
    const slot = Math.floor((fromUs * ringSlots) / this.windowUs);
    if (isFixed && slot === this.#counted.slot && missing === this.#counted.missing) return undefined;
    const held = isFixed ? this.#ring?.sinceUs(fromUs, nowUs) : this.#ring?.sumAt(nowUs);
    this.#counted = { units: (held ?? 0) + missing, fromUs, slot, missing };
    return this.#counted;
  }

  /** Whether the window that counts still holds what was booked then. */
  counts(atUs: number): boolean {
    return atUs >= this.#counted.fromUs;
  }

  /** When the window that counts has so much room, if nothing else happens; it has not now. */
  roomFromUs(room: number, nowUs: number): number {
    const { window } = this.gate;
    if (window === undefined) return nowUs;
    if (window === "sliding") return this.ring.sumIsAtMostFromUs(Math.max(0, room - this.#missingAt(nowUs)), nowUs);
    return this.#fixedRoomFromUs(window, room, nowUs);
  }

  /** Books a call. @param levelUs - arrival time ahead of now with it. @returns what it shows. */
  book({ held, doubt }: OpenUnits, levelUs: number, nowUs: number): Evidence {
    const { learned, limit, ring } = this;
    const level = levelUs / this.#limitUs;
    this.open += held;
    this.#doubt += doubt;
    this.#bookings += 1;
    const slot = ring.add(held, nowUs);
    // A look costs as much as the rest of a booking, and while much is unknown one in eight tells as much.
    const looks = learned.looksAtWindows && (learned.isAsking || this.#bookings % 8 === 0);
    return {
      atUs: nowUs,
      slot,
      hold: held / limit,
      level,
      leastLevel: level - this.#doubt / limit,
      most: ring.sum / limit,
      least: (ring.least - this.#doubt) / limit,
      overAge: looks ? surelyOver(ring, { limit, windowUs: this.windowUs, atUs: nowUs, slot }, this.#doubt) : noAges,
      belief: learned.belief,
    };
  }

  /** A call has ended. */
  close({ held, doubt }: OpenUnits): void {
    this.open -= held;
    this.#doubt -= doubt;
  }

  /** AWS refused what the book had room for; its hold has come back. */
  refused(evidence: Evidence, held: number, nowUs: number): void {
    const { limit, windowUs } = this;
    const { atUs, slot } = evidence;
    const ages: Ages = maybeOver(this.ring, { limit, windowUs, atUs, slot }, held);
    const missingUs = this.learned.refused(evidence, ages, nowUs);
    if (missingUs <= 0) return;
    this.#missing = held + this.#missingAt(nowUs);
    this.#missingUntilUs = nowUs + missingUs;
  }

  /** @param inWindow - units in the window that counts. */
  snapshot(inWindow: number, nowUs: number): QuotaSnapshot {
    const { quota, published, usable, open, learned, gate } = this;
    const booked = this.#ring?.sumAt(nowUs) ?? 0;
    const room = gate.window === undefined ? usable : this.mayHold - inWindow;
    const free = Math.max(0, Math.min(room, usable - booked));
    const surplus = booked - usable;
    return {
      key: quota.key,
      unit: quota.unit,
      windowMs: quota.windowMs,
      limit: Math.min(published, this.#most),
      ...(published > this.#most ? { cappedFrom: published } : {}),
      ...(this.#foreignUse > 0 ? { foreignUse: this.#foreignUse } : {}),
      booked,
      open,
      free,
      learnedLimit: usable,
      burst: Math.min(gate.burst, 1) * usable,
      enforcement: learned.kind ?? "unknown",
      exhaustedInMs: free === 0 ? 0 : surplus > 0 ? (free / surplus) * quota.windowMs : Number.POSITIVE_INFINITY,
    };
  }

  /** A window that begins at fixed times has room once it has surely begun anew; half sure is enough to ask. */
  #fixedRoomFromUs(window: PhaseArc, room: number, nowUs: number): number {
    const surelyUs = nextRollUs(window, nowUs);
    if (!this.gate.mayAsk) return surelyUs;
    const half = firstHalf(window);
    const halfUs = nextRollUs(half, nowUs);
    if (halfUs < surelyUs) return halfUs;
    const used = this.ring.sinceUs(oldestStartUs(half, nowUs), nowUs) + this.#missingAt(nowUs);
    return used <= room ? nowUs : surelyUs;
  }

  #missingAt(nowUs: number): number {
    return nowUs < this.#missingUntilUs ? this.#missing : 0;
  }
}

const nothing = { units: 0, fromUs: 0, slot: Number.NaN, missing: 0 } as const;
