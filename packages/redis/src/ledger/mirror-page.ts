import type { Quota } from "@shardrock/core";
import { arrivalUs, units } from "@shardrock/core/book";
import type { PageView, StoredGate } from "../store/book-store.ts";

/** How much of a page an ending changes that is under way to the store. */
export interface Pending {
  /** µs of arrival time, and units in the window; below 0: they come back. */
  readonly us: number;
  readonly units: number;
}

/** What the store said of when so many units are worth asking for. */
interface Told {
  readonly units: number;
  readonly atUs: number;
  /** How the page stood. */
  readonly tatUs: number;
  /**
   * What makes it another time. `taken`: what is booked or comes back moves it; `turn`: nothing does, since this process stands
   * back for others; `room`: the window has room then.
   */
  readonly by: "taken" | "turn" | "room";
  /** Until when it is taken for true. */
  readonly untilUs: number;
}

/** Besides how a page stands, what an answer says. */
export interface Seen {
  /** Units that were asked for, if any were. */
  readonly asked?: number | undefined;
  /** The ending that it answers. */
  readonly arrived?: Pending | undefined;
}

const nothing: Pending = { us: 0, units: 0 };
/** What was seen so lately is gone by, as a share of the window: half of what is booked ahead at most. */
const freshShare = 1 / 60;
/** Something that can start so much earlier is worth to be told. */
const noticedUs = 1_000;

/** What a process knows of one page, between answers of the store. Times are integer µs of the store's clock. */
export class MirrorPage {
  readonly quota: Quota;
  readonly windowUs: number;
  /** Which unit it counts, as its place in `units`. */
  readonly unitPlace: number;
  /** Version of the gate that the last answer named. */
  version = -1;
  /** Units held by calls under way, of all processes. */
  open = 0;
  /** When the store was last asked how it stands. */
  askedAtUs: number = Number.NEGATIVE_INFINITY;
  #priceUs = 0;
  #burstUs = 0;
  #mayHold = 0;
  #pausedUntilUs = Number.NEGATIVE_INFINITY;
  #foreseenUntilUs = Number.NEGATIVE_INFINITY;
  #tatUs = Number.NEGATIVE_INFINITY;
  #inWindow = 0;
  #seenUs = Number.NEGATIVE_INFINITY;
  #told: Told | undefined;
  #pendingUs = 0;
  #pendingUnits = 0;

  constructor(quota: Quota) {
    this.quota = quota;
    this.windowUs = quota.windowMs * 1e3;
    this.unitPlace = units.indexOf(quota.unit);
  }

  /** µs of arrival time that a unit costs; 0 where nothing may start. */
  get priceUs(): number {
    return this.#mayHold === 0 ? 0 : this.#priceUs;
  }

  /** Another gate holds. */
  keep({ priceUs, burstUs, mayHold, pausedUntilUs }: StoredGate): void {
    this.#priceUs = priceUs;
    this.#burstUs = burstUs;
    if (mayHold > this.#mayHold) this.#told = undefined;
    this.#mayHold = mayHold;
    this.#pausedUntilUs = Math.max(this.#pausedUntilUs, pausedUntilUs);
  }

  /** The store answered. @returns whether something can start earlier than it seemed. */
  see(view: PageView, { asked, arrived = nothing }: Seen, nowUs: number): boolean {
    const before = { spentUntilUs: this.#spentUntilUs(nowUs), told: this.#told };
    this.#tatUs = view.tatUs;
    this.#inWindow = view.inWindow;
    this.#seenUs = nowUs;
    this.#pausedUntilUs = view.pausedUntilUs;
    this.open = view.open;
    this.version = view.version;
    this.pend(arrived, -1);
    if (asked !== undefined && view.roomAtUs !== undefined) this.askAgain(asked, view.roomAtUs, "room");
    else if (this.#told?.by === "room" && this.#hasRoomFor(this.#told)) this.#told = undefined;
    const isFreed = before.told !== undefined && this.#told === undefined;
    return isFreed || this.#spentUntilUs(nowUs) < before.spentUntilUs - noticedUs;
  }

  /** The store said when so many units are worth asking for again. @param by - as in `Told`. */
  askAgain(units: number, atUs: number, by: Told["by"] = "taken"): void {
    this.#told = { units, atUs, tatUs: this.#tatUs + this.#pendingUs, by, untilUs: this.#seenUs + this.windowUs };
  }

  /** An ending is under way to the store, or has arrived there. @param sign - 1, or -1 for what has arrived. */
  pend({ us, units }: Pending, sign: 1 | -1): void {
    this.#pendingUs += sign * us;
    this.#pendingUnits += sign * units;
    if (Math.abs(this.#pendingUs) < 1e-3) this.#pendingUs = 0;
    if (Math.abs(this.#pendingUnits) < 1e-6) this.#pendingUnits = 0;
    if (sign === 1 && us < 0 && this.#told?.by === "room") this.#told = undefined;
  }

  /** Nothing starts before, as this process knows and others soon will. */
  pause(untilUs: number): void {
    this.#foreseenUntilUs = Math.max(this.#foreseenUntilUs, untilUs);
  }

  /** When so many units fit, or are worth asking for: up to now is now, Infinity never. */
  startUs(asked: number, nowUs: number): number {
    if (this.#mayHold === 0) return asked === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const askUs = this.#toldUs(asked, nowUs) ?? this.#arrivalUs(asked, nowUs);
    return Math.max(askUs, this.#pausedUntilUs, this.#foreseenUntilUs);
  }

  /**
   * When so many units can start at the earliest, as far as the store showed lately; below now where it is not known. While
   * they cannot, others take what becomes free.
   */
  fitsUs(asked: number, nowUs: number): number {
    const ageUs = nowUs - this.#seenUs;
    if (ageUs > this.windowUs * freshShare) return Number.NEGATIVE_INFINITY;
    const arrivalUs = this.#arrivalUs(asked, nowUs);
    return Math.max(arrivalUs > nowUs ? arrivalUs + Math.max(0, ageUs) : arrivalUs, this.#pausedUntilUs);
  }

  /** µs of arrival time that are spent, now and in the window: quotas are spent evenly by it. */
  takenUs(nowUs: number): number {
    return this.#spentUntilUs(nowUs) - nowUs + this.inWindow(nowUs) * this.priceUs;
  }

  /** Units in the window that counts, as far as is known: what was seen leaves it evenly. */
  inWindow(nowUs: number): number {
    return Math.max(0, this.#fill(nowUs) + this.#pendingUnits);
  }

  /** Share of the quota that is free, 0 to 1. */
  headroom(nowUs: number): number {
    if (this.#mayHold === 0) return 0;
    const byArrival = 1 - (this.#spentUntilUs(nowUs) - nowUs) / Math.min(this.#burstUs, this.windowUs);
    const byWindow = 1 - this.inWindow(nowUs) / this.#mayHold;
    return Math.max(0, Math.min(1, byArrival, byWindow));
  }

  /** What was seen is no more: the store has lost it. */
  forget(): void {
    this.#tatUs = Number.NEGATIVE_INFINITY;
    this.#inWindow = 0;
    this.version = -1;
    this.open = 0;
    this.#told = undefined;
  }

  #spentUntilUs(nowUs: number): number {
    const spentUntilUs = (this.#tatUs > nowUs ? this.#tatUs : nowUs) + this.#pendingUs;
    return spentUntilUs > nowUs ? spentUntilUs : nowUs;
  }

  #fill(nowUs: number): number {
    const age = (nowUs - this.#seenUs) / this.windowUs;
    return age >= 1 ? 0 : this.#inWindow * (1 - Math.max(0, age));
  }

  #arrivalUs(asked: number, nowUs: number): number {
    return arrivalUs(this.#spentUntilUs(nowUs), asked * this.#priceUs, this.#burstUs);
  }

  /** As the store said, and as the page has moved since. */
  #toldUs(asked: number, nowUs: number): number | undefined {
    const told = this.#told;
    if (told === undefined || nowUs >= told.untilUs) return undefined;
    if (told.by === "room") {
      if (asked < told.units) return undefined;
      return told.atUs > nowUs ? told.atUs : Math.min(this.#arrivalUs(asked, nowUs), nowUs);
    }
    const atUs = told.atUs + (asked - told.units) * this.#priceUs;
    return told.by === "turn" ? atUs : atUs + this.#tatUs + this.#pendingUs - told.tatUs;
  }

  #hasRoomFor({ units, tatUs }: Told): boolean {
    return this.#tatUs < tatUs && units + this.#inWindow <= this.#mayHold;
  }
}
