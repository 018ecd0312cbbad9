import { caution, LearnedShare } from "./learned-share.ts";
import type { ThrottleEvidence } from "./ledger.ts";
import type { Limits } from "./limits.ts";
import { type Cost, type Quota, unitsAt, units as allUnits } from "./quota.ts";
import { WindowRing } from "./window-ring.ts";

/** Slots of a ring. It counts one to two slots too much: of 60 slots that would be 2.5 % of the window, of 480 it is 0.3 %. */
const ringSlots = 480;

/** One page of the book in its array: eight numbers, one cache line. Times are integer µs of the ledger's clock. */
const pageLength = 8;
const tatUs = 0;
/** µs of arrival time that one unit costs. */
const priceUs = 1;
const burstUs = 2;
/** Units per window as AWS publishes it, and as it seems to keep it. */
const limit = 3;
const enforced = 4;
/** Units booked in the last window, or more: what the ring knew when it was last asked. */
const inWindow = 5;
/** Which unit it counts, as its place in `units`. */
const unitPlace = 6;
/** Until when nothing starts, because AWS refused a call. */
const pausedUntilUs = 7;

/** What one call has on one page. */
export interface MinuteEntry {
  readonly page: number;
  /** Units held. */
  readonly held: number;
  /** Slot of the window ring. */
  readonly slot: number;
  /** What the hold moved the arrival time by, in µs: what comes back comes back at this price. */
  readonly heldUs: number;
}

/**
 * The pages of all minute quotas: a theoretical arrival time (GCRA, continuous refill) and, as the second gate, a ring
 * of what was booked in the last window. Pages are numbers, and their state lies in one array, because a decision reads
 * many pages and writes few.
 * Source: ITU-T I.371, generic cell rate algorithm, virtual scheduling form.
 */
export class MinuteBook {
  readonly #limits: Limits;
  readonly #pages = new Map<string, number>();
  readonly #quotas: Quota[] = [];
  readonly #learned: LearnedShare[] = [];
  readonly #throttlesInARow: number[] = [];
  /** Made at the first booking: most pages of a large fleet are never written on. */
  readonly #rings: (WindowRing | undefined)[] = [];
  #state: Float64Array = new Float64Array(64 * pageLength);

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The page of a quota; the same key is the same page. */
  pageOf(quota: Quota): number {
    const known = this.#pages.get(quota.key);
    if (known !== undefined) return known;
    const page = this.#quotas.push(quota) - 1;
    this.#pages.set(quota.key, page);
    this.#learned.push(new LearnedShare());
    this.#rings.push(undefined);
    if (this.#state.length < (page + 1) * pageLength) this.#grow();
    this.#set(page, burstUs, Math.floor(quota.windowMs * 1e3 * caution.burst));
    this.#set(page, unitPlace, allUnits.indexOf(quota.unit));
    this.reload(quota.key);
    return page;
  }

  quotaOf(page: number): Quota {
    const quota = this.#quotas[page];
    if (quota === undefined) throw new RangeError(`no minute page ${page}`);
    return quota;
  }

  /** Reads a quota's limit anew. */
  reload(key: string): void {
    const page = this.#pages.get(key);
    if (page === undefined) return;
    this.#set(page, limit, this.#limits.get(key)?.value ?? 0);
    this.#price(page, this.#learned[page]?.least ?? 1); // `startUs` prices anew while it is below 1
  }

  /** When a cost fits on every one of the pages: up to `nowUs` is now, earlier is slack, Infinity never. */
  startUs(pages: readonly number[], cost: Cost, nowUs: number): number {
    const state = this.#state;
    let latestUs = Number.NEGATIVE_INFINITY;
    for (const page of pages) {
      const at = page * pageLength;
      const units = unitsAt(cost, state[at + unitPlace] ?? 0) ?? 0;
      const published = state[at + limit] ?? 0;
      const allowed = state[at + enforced] ?? 0;
      const burst = state[at + burstUs] ?? 0;
      const need = units * (state[at + priceUs] ?? 0);
      const tat = state[at + tatUs] ?? 0;
      const isPlain =
        allowed === published &&
        units + (state[at + inWindow] ?? 0) <= allowed &&
        (state[at + pausedUntilUs] ?? 0) <= nowUs &&
        published > 0;
      // A call larger than the burst counts as just the burst here, so that it runs when the quota is otherwise idle.
      const startUs = isPlain
        ? (tat > nowUs ? tat : nowUs) - (need < burst ? burst - need : 0)
        : this.#troubledStartUs(page, units, nowUs);
      if (startUs > latestUs) latestUs = startUs;
    }
    return latestUs;
  }

  /** The same for one page that is on hold, has learned, is paused, or has a full window. */
  #troubledStartUs(page: number, units: number, nowUs: number): number {
    if (this.#get(page, limit) === 0) return units === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    this.#price(page, this.#learned[page]?.at(nowUs) ?? 1);
    const burst = this.#get(page, burstUs);
    const need = units * this.#get(page, priceUs);
    const byArrival = Math.max(this.#get(page, tatUs), nowUs) - Math.max(0, burst - need);
    const paused = this.#get(page, pausedUntilUs);
    const allowed = this.#get(page, enforced);
    const room = allowed - Math.min(units, allowed);
    const byWindow = this.#get(page, inWindow) <= room ? byArrival : this.#roomFromUs(page, room, nowUs);
    return Math.max(byArrival, byWindow, paused > nowUs ? paused : byArrival);
  }

  /** Share of the quota that is free, 0 to 1. */
  headroom(page: number, nowUs: number): number {
    const allowed = this.#get(page, enforced);
    if (allowed === 0) return 0;
    const byArrival = 1 - Math.max(0, this.#get(page, tatUs) - nowUs) / this.#get(page, burstUs);
    const byWindow = 1 - (this.#rings[page]?.sumAt(nowUs) ?? 0) / allowed;
    return Math.max(0, Math.min(byArrival, byWindow));
  }

  /** Books a cost that fits now. */
  book(page: number, cost: Cost, nowUs: number): MinuteEntry {
    const units = unitsAt(cost, this.#get(page, unitPlace)) ?? 0;
    const heldUs = units > 0 ? Math.ceil(units * this.#get(page, priceUs)) : 0;
    this.#charge(page, heldUs, nowUs);
    const ring = this.#ringOf(page);
    const slot = ring.add(units, nowUs);
    this.#set(page, inWindow, ring.sum);
    return { page, held: units, slot, heldUs };
  }

  /**
   * The call took `actual`: surplus comes back, a shortfall is charged now. A unit that is left out, or is not a finite
   * number of 0 or more, keeps its hold. Returns true when something came back.
   */
  settle(entry: MinuteEntry, actual: Cost, nowUs: number): boolean {
    const units = unitsAt(actual, this.#get(entry.page, unitPlace));
    if (units === undefined || !(units >= 0 && units < Number.POSITIVE_INFINITY)) return false;
    this.#throttlesInARow[entry.page] = 0;
    return this.#correct(entry, units, nowUs);
  }

  /** AWS surely took nothing. Returns true when something came back. */
  release(entry: MinuteEntry, nowUs: number): boolean {
    return this.#correct(entry, 0, nowUs);
  }

  /** AWS refused a call that fitted here: the hold stays, and the page retreats. */
  throttled({ page, heldUs }: MinuteEntry, nowUs: number): void {
    // A call larger than the burst was let through on trust; its refusal says nothing about the rate.
    if (heldUs <= this.#get(page, burstUs)) {
      const published = this.#get(page, limit);
      const booked = this.#rings[page]?.sumAt(nowUs) ?? 0;
      this.#learned[page]?.retreat(published > 0 ? booked / published : 1, nowUs);
      this.#price(page, this.#learned[page]?.at(nowUs) ?? 1);
    }
    this.#pause(page, nowUs);
    // AWS has nothing left now, whatever we thought.
    this.#set(page, tatUs, Math.max(this.#get(page, tatUs), nowUs + this.#get(page, burstUs)));
  }

  #correct({ page, held, slot, heldUs }: MinuteEntry, units: number, nowUs: number): boolean {
    if (units === held) return false;
    const ring = this.#ringOf(page);
    ring.correct(slot, units - held, nowUs);
    this.#set(page, inWindow, ring.sum);
    // A hold of nothing had no price of its own, and a quota that was set to 0 since has none that is a number.
    const usPerUnit = held > 0 ? heldUs / held : this.#get(page, limit) > 0 ? this.#get(page, priceUs) : 0;
    const surplusUs = heldUs - Math.ceil(units * usPerUnit);
    if (surplusUs > 0) this.#set(page, tatUs, this.#get(page, tatUs) - surplusUs);
    else this.#charge(page, -surplusUs, nowUs);
    return surplusUs > 0;
  }

  /** Calls that were under way together are refused together, and pause once. */
  #pause(page: number, nowUs: number): void {
    if (this.#get(page, pausedUntilUs) > nowUs) return;
    const inARow = this.#throttlesInARow[page] ?? 0;
    this.#throttlesInARow[page] = inARow + 1;
    const pauseUs = (this.quotaOf(page).windowMs * 1e3) / caution.pausesPerWindow;
    this.#set(page, pausedUntilUs, nowUs + Math.ceil(pauseUs * Math.min(2 ** inARow, caution.longestPause)));
  }

  /** Whether a refusal speaks of this page. */
  isMeant({ page }: MinuteEntry, { scope }: ThrottleEvidence): boolean {
    return scope === (this.quotaOf(page).unit === "requests" ? "requests-per-minute" : "tokens-per-minute");
  }

  #charge(page: number, needUs: number, nowUs: number): void {
    this.#set(page, tatUs, Math.max(this.#get(page, tatUs), nowUs) + needUs);
  }

  #roomFromUs(page: number, room: number, nowUs: number): number {
    const ring = this.#ringOf(page);
    this.#set(page, inWindow, ring.sumAt(nowUs));
    return ring.sumIsAtMostFromUs(room, nowUs);
  }

  #price(page: number, share: number): void {
    const allowed = this.#get(page, limit) * share;
    this.#set(page, enforced, allowed);
    this.#set(page, priceUs, (this.quotaOf(page).windowMs * 1e3) / (allowed * caution.rate));
  }

  #ringOf(page: number): WindowRing {
    return (this.#rings[page] ??= new WindowRing(this.quotaOf(page).windowMs * 1e3, ringSlots));
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
