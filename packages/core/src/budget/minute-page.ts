import type { Evidence } from "./evidence.ts";
import { firstHalf, nextRollUs, oldestStartUs, type PhaseArc } from "./phase-arc.ts";
import type { OpenUnits } from "./minute-entry.ts";
import type { Quota } from "./quota.ts";
import { QuotaLearner } from "./quota-learner.ts";
import { type QuotaSnapshot, snapshotOf } from "./quota-snapshot.ts";
import { SettledUnits } from "./settled-units.ts";
import { ringSlots, WindowRing } from "./window-ring.ts";

/** What the window that counts holds, and since when it does. */
interface Counted {
  readonly units: number;
  readonly fromUs: number;
}

/** What a page of the book knows besides the numbers that every candidate of every call is judged by. */
export class MinutePage {
  readonly quota: Quota;
  readonly learner: QuotaLearner;
  readonly settled: SettledUnits = new SettledUnits();
  /** Units held by calls under way. */
  open = 0;
  /** Of those, what AWS may not have taken. */
  #doubt = 0;
  #counted: Counted & { readonly slot: number; readonly missing: number } = nothing;
  /** Units AWS refused where the book had room: counted until then, because the book was wrong by as much. */
  #missing = 0;
  #missingUntilUs = 0;
  /** Made at the first booking: most pages of a large fleet are never written on. */
  #ring: WindowRing | undefined;

  constructor(quota: Quota) {
    this.quota = quota;
    this.learner = new QuotaLearner(quota.windowMs * 1e3);
  }

  get ring(): WindowRing {
    return (this.#ring ??= new WindowRing(this.learner.windowUs, ringSlots));
  }

  /** Reads what is learned. */
  read(nowUs: number): void {
    const { window } = this.learner.gate;
    this.learner.read(nowUs);
    if (this.learner.gate.window !== window) this.#counted = nothing;
  }

  /** Counts what the window holds that the gate is about; undefined: only bookings and endings have changed it since. */
  count(nowUs: number): Counted | undefined {
    const { gate, windowUs } = this.learner;
    const { window } = gate;
    const isFixed = window !== undefined && window !== "sliding";
    const fromUs = isFixed ? oldestStartUs(window, nowUs) : nowUs - windowUs;
    const missing = this.#missingAt(nowUs);
    const slot = Math.floor((fromUs * ringSlots) / windowUs);
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
    const { window } = this.learner.gate;
    if (window === undefined) return nowUs;
    if (window === "sliding") return this.ring.sumIsAtMostFromUs(Math.max(0, room - this.#missingAt(nowUs)), nowUs);
    return this.#fixedRoomFromUs(window, room, nowUs);
  }

  /** Until when time changes nothing here but what `roomFromUs` and the pause say; Infinity: the gate must be read first. */
  steadyUntilUs(nowUs: number): number {
    const { reviewAtUs, gate } = this.learner;
    if (nowUs >= reviewAtUs) return Number.POSITIVE_INFINITY;
    const ends = nowUs < this.#missingUntilUs ? Math.min(reviewAtUs, this.#missingUntilUs) : reviewAtUs;
    const { window } = gate;
    if (window === undefined || window === "sliding") return ends;
    // What began at an uncertain time is counted by slots, and begins anew somewhere in between.
    const slotUs = this.learner.windowUs / ringSlots;
    const nextSlotUs = (Math.floor(nowUs / slotUs) + 1) * slotUs;
    return Math.min(ends, nextSlotUs, nextRollUs(firstHalf(window), nowUs), nextRollUs(window, nowUs));
  }

  /** Books a call. @param levelUs - arrival time ahead of now with it. @returns what it shows. */
  book({ held, doubt }: OpenUnits, levelUs: number, nowUs: number): Evidence {
    const { learner, ring } = this;
    this.open += held;
    this.#doubt += doubt;
    const slot = ring.add(held, nowUs);
    const inDoubt = this.#doubt;
    const overAge = learner.looks() ? learner.surelyOver(ring, { atUs: nowUs, slot }, inDoubt) : undefined;
    const { sum: most, least } = ring;
    return learner.evidence({ atUs: nowUs, slot, held, levelUs, most, least, doubt: inDoubt, overAge });
  }

  /** A call has ended. */
  close({ held, doubt }: OpenUnits): void {
    this.open -= held;
    this.#doubt -= doubt;
  }

  /** AWS refused what the book had room for; its hold has come back. */
  refused(evidence: Evidence, held: number, nowUs: number): void {
    const missingUs = this.learner.refused(evidence, { ring: this.ring, held }, nowUs);
    if (missingUs <= 0) return;
    this.#missing = held + this.#missingAt(nowUs);
    this.#missingUntilUs = nowUs + missingUs;
  }

  /** @param inWindow - units in the window that counts. */
  snapshot(inWindow: number, nowUs: number): QuotaSnapshot {
    const booked = this.#ring?.sumAt(nowUs) ?? 0;
    return snapshotOf(this.quota, this.learner, { booked, open: this.open, inWindow });
  }

  /** A window that begins at fixed times has room once it has surely begun anew; half sure is enough to ask. */
  #fixedRoomFromUs(window: PhaseArc, room: number, nowUs: number): number {
    const surelyUs = nextRollUs(window, nowUs);
    if (!this.learner.gate.mayAsk) return surelyUs;
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
