import { arrivalUs, spareUs } from "./arrival.ts";
import type { Limits } from "./limits.ts";
import { type MinuteEntry, surplusUsOf } from "./minute-entry.ts";
import { MinutePage } from "./minute-page.ts";
import { type Cost, type Quota, unitsAt, units as allUnits } from "./quota.ts";
import type { QuotaSnapshot } from "./quota-snapshot.ts";
import { type QuotaState, RememberedStates } from "./remembered-states.ts";
import type { ShiftListener } from "./shifts.ts";
import { Steadiness } from "./steadiness.ts";
import type { Candidate } from "./target.ts";

/** One page of the book in its array: eight numbers, one cache line. Times are integer µs of the ledger's clock. */
const pageLength = 8;
const tatUs = 0;
/** µs of arrival time that one unit costs. */
const priceUs = 1;
const burstUs = 2;
/** Until when the gate need not be read again. */
const reviewAtUs = 3;
/** Units a window may hold; Infinity where windows do not count, 0 where the account is on hold. */
const allowed = 4;
/** Units in that window, or more: what was known when it was last looked at. */
const inWindow = 5;
/** Which unit it counts, as its place in `units`. */
const unitPlace = 6;
/** Until when these numbers tell all about a call that the window has room for: nothing is due, and there is no pause. */
const plainUntilUs = 7;

const gone = { value: 0, published: 0, source: "config" } as const;

/**
 * The pages of all minute quotas: a theoretical arrival time (GCRA, continuous refill) and, as the second gate, a ring
 * of what was booked in the last window. Which of them counts is learned. Pages are numbers, and their state lies in one
 * array, because a decision reads many pages and writes few.
 * Source: ITU-T I.371, generic cell rate algorithm, virtual scheduling form.
 */
export class MinuteBook {
  readonly #limits: Limits;
  readonly #pages = new Map<string, number>();
  readonly #details: MinutePage[] = [];
  readonly #remembered = new RememberedStates();
  readonly #steady = new Steadiness();
  readonly #onShift: ShiftListener;
  #state: Float64Array = new Float64Array(64 * pageLength);

  constructor(limits: Limits, onShift: ShiftListener = () => undefined) {
    this.#limits = limits;
    this.#onShift = onShift;
  }

  /** Tells of every page of which time has changed more than was told. */
  bringUpTo(nowUs: number): void {
    for (const page of this.#steady.takeDue(nowUs)) {
      this.#steady.set(page, this.#detail(page).steadyUntilUs(nowUs));
      this.#onShift(this.quotaOf(page).key, "earlier");
    }
  }

  /** The page of a quota; the same key is the same page. */
  pageOf(quota: Quota): number {
    const known = this.#pages.get(quota.key);
    if (known !== undefined) return known;
    const page = this.#details.push(new MinutePage(quota));
    this.#pages.set(quota.key, page - 1);
    if (this.#state.length < page * pageLength) this.#grow();
    this.#set(page - 1, unitPlace, allUnits.indexOf(quota.unit));
    this.reload(quota.key, 0);
    const { learner } = this.#detail(page - 1);
    const state = this.#remembered.take(quota.key, learner.published);
    if (state !== undefined) learner.remember(state, 0);
    return page - 1;
  }

  quotaOf(page: number): Quota {
    return this.#detail(page).quota;
  }

  /** Reads a quota's limit anew. */
  reload(key: string, nowUs: number): void {
    const page = this.#pages.get(key);
    if (page === undefined) return;
    this.#detail(page).learner.publish(this.#limits.get(key) ?? gone, nowUs);
    this.#set(page, reviewAtUs, Number.NEGATIVE_INFINITY); // the gate is read at the next look
    this.#set(page, plainUntilUs, Number.NEGATIVE_INFINITY);
    this.#set(page, allowed, 0);
    this.#onShift(this.quotaOf(page).key, "earlier");
  }

  /** When a cost fits on every one of the pages: up to `nowUs` is now, earlier is slack, Infinity never. */
  startUs(pages: readonly number[], cost: Cost, nowUs: number): number {
    const state = this.#state;
    let latestUs = Number.NEGATIVE_INFINITY;
    let mostTakenUs = 0;
    // Counting is quicker here than `for of`, and so is `?:` than `Math.max`: this runs for every candidate of every call.
    for (let index = 0; index < pages.length; index += 1) {
      const page = pages[index] ?? 0;
      const at = page * pageLength;
      const units = unitsAt(cost, state[at + unitPlace] ?? 0) ?? 0;
      const fill = state[at + inWindow] ?? 0;
      const price = state[at + priceUs] ?? 0;
      const tat = state[at + tatUs] ?? 0;
      const spentUntilUs = tat > nowUs ? tat : nowUs;
      const startUs =
        units + fill <= (state[at + allowed] ?? 0) && (state[at + plainUntilUs] ?? 0) > nowUs
          ? arrivalUs(spentUntilUs, units * price, state[at + burstUs] ?? 0)
          : this.#troubledStartUs(page, units, nowUs);
      if (startUs > latestUs) latestUs = startUs;
      const takenUs = spentUntilUs - nowUs + fill * price;
      if (takenUs > mostTakenUs) mostTakenUs = takenUs;
    }
    // What fits counts by how little of the quota is spent, now and in the last window: quotas are spent evenly.
    return latestUs > nowUs ? latestUs : nowUs - spareUs(mostTakenUs);
  }

  /** The same for one page that is on hold, is paused, must be read again, or has a full window. */
  #troubledStartUs(page: number, units: number, nowUs: number): number {
    if (nowUs >= this.#get(page, reviewAtUs)) this.#read(page, nowUs);
    if (this.#detail(page).learner.published === 0)
      return units === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const tat = Math.max(this.#get(page, tatUs), nowUs);
    const byArrival = arrivalUs(tat, units * this.#get(page, priceUs), this.#get(page, burstUs));
    const most = this.#get(page, allowed);
    const hasRoom = units + this.#get(page, inWindow) <= most;
    const byWindow = hasRoom ? byArrival : this.#windowStartUs(page, most - Math.min(units, most), nowUs);
    return Math.max(byArrival, byWindow, this.#detail(page).learner.pausedUntilUs);
  }

  /** Share of the quota that is free, 0 to 1. */
  headroom(page: number, nowUs: number): number {
    if (nowUs >= this.#get(page, reviewAtUs)) this.#read(page, nowUs);
    const most = this.#get(page, allowed);
    if (most === 0) return 0;
    this.#look(page, nowUs);
    const burst = Math.min(this.#get(page, burstUs), this.#detail(page).learner.windowUs);
    const byArrival = 1 - Math.max(0, this.#get(page, tatUs) - nowUs) / burst;
    const byWindow = 1 - this.#get(page, inWindow) / most;
    return Math.max(0, Math.min(byArrival, byWindow));
  }

  /** Books a cost that fits now. */
  book(page: number, { cost, atLeast }: Pick<Candidate, "cost" | "atLeast">, nowUs: number): MinuteEntry {
    const detail = this.#detail(page);
    const held = unitsAt(cost, this.#get(page, unitPlace)) ?? 0;
    const doubt = atLeast === undefined ? 0 : held - (unitsAt(atLeast, this.#get(page, unitPlace)) ?? 0);
    const heldUs = held > 0 ? Math.ceil(held * this.#get(page, priceUs)) : 0;
    this.#charge(page, heldUs, nowUs);
    const evidence = detail.book({ held, doubt }, this.#get(page, tatUs) - nowUs, nowUs);
    this.#set(page, inWindow, this.#get(page, inWindow) + held);
    if (held > 0) this.#onShift(this.quotaOf(page).key, "later");
    if (detail.learner.booked(evidence, nowUs)) this.#read(page, nowUs);
    return { page, held, doubt, heldUs, evidence };
  }

  /**
   * The call took `actual`: surplus comes back, a shortfall is charged now. A unit that is left out, or is not a finite
   * number of 0 or more, keeps its hold. Returns true when something came back.
   */
  settle(entry: MinuteEntry, actual: Cost, nowUs: number): boolean {
    const units = unitsAt(actual, this.#get(entry.page, unitPlace));
    if (units === undefined || !Number.isFinite(units) || units < 0) {
      this.keep(entry, nowUs);
      return false;
    }
    const detail = this.#detail(entry.page);
    detail.close(entry);
    detail.settled.add(units, nowUs);
    const cameBack = this.#correct(entry, units, nowUs);
    if (entry.held > 0 && detail.learner.accepted(entry.evidence, nowUs)) this.#read(entry.page, nowUs);
    return cameBack;
  }

  /** AWS surely took nothing. Returns true when something came back. */
  release(entry: MinuteEntry, nowUs: number): boolean {
    this.#detail(entry.page).close(entry);
    return this.#correct(entry, 0, nowUs);
  }

  /** The hold stays spent. */
  keep(entry: MinuteEntry, nowUs: number): void {
    const detail = this.#detail(entry.page);
    detail.close(entry);
    detail.settled.add(entry.held, nowUs);
  }

  /** AWS refused the call for another quota: it took nothing here, but the hold stays spent. */
  keepRefused(entry: MinuteEntry): void {
    this.#detail(entry.page).close(entry);
  }

  /** AWS refused a call that fitted here: it took nothing there, and the page retreats. */
  throttled(entry: MinuteEntry, nowUs: number): void {
    const { page, evidence } = entry;
    const detail = this.#detail(page);
    detail.close(entry);
    this.#correct(entry, 0, nowUs);
    if (detail.learner.limit === 0) return;
    detail.refused(evidence, entry.held, nowUs);
    this.#read(page, nowUs);
  }

  /** See `Ledger`. @param epochUs - of the book's time 0. */
  settledByMinute(key: string, epochUs: number, nowUs: number): ReadonlyMap<number, number> {
    return this.#details[this.#pages.get(key) ?? -1]?.settled.byMinute(epochUs, nowUs) ?? new Map();
  }

  /** What every page has learned, by key. */
  get learned(): ReadonlyMap<string, QuotaState> {
    return this.#remembered.with(this.#details.filter(({ quota }) => !this.#isGone(quota)));
  }

  /** Goes on from what was learned before a restart, for each page once it is asked for, if its limit is the same. */
  remember(states: ReadonlyMap<string, QuotaState>): void {
    this.#remembered.add(states);
  }

  /** What every page shows now, but for quotas that are gone. */
  snapshot(nowUs: number): readonly QuotaSnapshot[] {
    return this.#details.flatMap((detail, page) => {
      if (this.#isGone(detail.quota)) return [];
      if (nowUs >= this.#get(page, reviewAtUs)) this.#read(page, nowUs);
      this.#look(page, nowUs);
      return detail.snapshot(this.#get(page, inWindow), nowUs);
    });
  }

  /** A quota that lost its limit is no more; its page stays for what is booked there, and for its return. */
  #isGone({ key }: Quota): boolean {
    return this.#limits.get(key) === undefined;
  }

  #correct(entry: MinuteEntry, units: number, nowUs: number): boolean {
    const { page, held, evidence } = entry;
    if (units === held) return false;
    const detail = this.#detail(page);
    const { ring } = detail;
    const difference = units - held;
    // A shortfall is charged when it is learnt: the window it belongs to may have gone.
    if (difference > 0) ring.add(difference, nowUs);
    else ring.correct(evidence.slot, difference, nowUs);
    if (difference > 0 || detail.counts(evidence.atUs))
      this.#set(page, inWindow, this.#get(page, inWindow) + difference);
    // A quota that was set to 0 since has no price that is a number.
    const nowPriceUs = detail.learner.published > 0 ? this.#get(page, priceUs) : 0;
    const surplusUs = surplusUsOf(entry, units, nowPriceUs);
    if (surplusUs > 0) this.#set(page, tatUs, this.#get(page, tatUs) - surplusUs);
    else this.#charge(page, -surplusUs, nowUs);
    this.#onShift(this.quotaOf(page).key, difference > 0 ? "later" : "earlier");
    return surplusUs > 0;
  }

  #charge(page: number, needUs: number, nowUs: number): void {
    this.#set(page, tatUs, Math.max(this.#get(page, tatUs), nowUs) + needUs);
  }

  /** When the window that counts has so much room. */
  #windowStartUs(page: number, room: number, nowUs: number): number {
    this.#look(page, nowUs);
    return this.#get(page, inWindow) <= room ? nowUs : this.#detail(page).roomFromUs(room, nowUs);
  }

  #look(page: number, nowUs: number): void {
    const counted = this.#detail(page).count(nowUs);
    if (counted !== undefined) this.#set(page, inWindow, counted.units);
  }

  /** Reads what is learned, and sets what follows from it. */
  #read(page: number, nowUs: number): void {
    const detail = this.#detail(page);
    detail.read(nowUs);
    const { priceUs: price, burstUs: burst, mayHold, pausedUntilUs, reviewAtUs: reviewAt } = detail.learner;
    this.#set(page, priceUs, price);
    this.#set(page, burstUs, burst);
    this.#set(page, allowed, mayHold);
    this.#set(page, reviewAtUs, reviewAt);
    this.#set(page, plainUntilUs, pausedUntilUs > nowUs ? Number.NEGATIVE_INFINITY : reviewAt);
    this.#look(page, nowUs);
    this.#steady.set(page, detail.steadyUntilUs(nowUs));
    this.#onShift(this.quotaOf(page).key, "earlier");
  }

  #detail(page: number): MinutePage {
    const detail = this.#details[page];
    if (detail === undefined) throw new RangeError(`no minute page ${page}`);
    return detail;
  }

  #get(page: number, field: number): number {
    return this.#state[page * pageLength + field] ?? 0;
  }

  #set(page: number, field: number, value: number): void {
    this.#state[page * pageLength + field] = value;
  }

  #grow(): void {
    const grown = new Float64Array(this.#state.length * 2);
    grown.set(this.#state);
    this.#state = grown;
  }
}
