import { caution, LearnedShare } from "./learned-share.ts";
import type { ThrottleEvidence } from "./ledger.ts";
import type { Limits } from "./limits.ts";
import type { Quota } from "./quota.ts";
import { WindowRing } from "./window-ring.ts";

/** Slots of a ring. It counts up to one slot too much: 60 slots cost 0.8 % of the goodput, 240 cost 0.2 %. */
const ringSlots = 240;

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

/** What one call has on one page. */
export interface MinuteEntry {
  readonly page: number;
  /** Units held. */
  readonly held: number;
  /** Slot of the window ring. */
  readonly slot: number;
  /** µs per unit at booking: what comes back comes back at this price. */
  readonly priceUs: number;
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
    this.reload(quota.key);
    return page;
  }

  quotaOf(page: number): Quota | undefined {
    return this.#quotas[page];
  }

  /** Reads a quota's limit anew. */
  reload(key: string): void {
    const page = this.#pages.get(key);
    if (page === undefined) return;
    this.#set(page, limit, this.#limits.get(key)?.value ?? 0);
    this.#price(page, 1);
  }

  /** When units fit: up to `nowUs` is now, earlier is slack, Infinity never. */
  startUs(page: number, units: number, nowUs: number): number {
    const state = this.#state;
    const at = page * pageLength;
    if ((state[at + limit] ?? 0) === 0) return units === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    if (state[at + enforced] !== state[at + limit]) this.#price(page, this.#learned[page]?.at(nowUs) ?? 1);
    const burst = state[at + burstUs] ?? 0;
    const need = Math.ceil(units * (state[at + priceUs] ?? 0));
    // A call larger than the burst counts as just the burst here, so that it runs when the quota is otherwise idle.
    const byArrival = Math.max(state[at + tatUs] ?? 0, nowUs) + Math.min(need, burst) - burst;
    const allowed = state[at + enforced] ?? 0;
    const room = allowed - Math.min(units, allowed);
    return (state[at + inWindow] ?? 0) <= room ? byArrival : Math.max(byArrival, this.#roomFromUs(page, room, nowUs));
  }

  /** Share of the quota that is free, 0 to 1. */
  headroom(page: number, nowUs: number): number {
    const allowed = this.#get(page, enforced);
    if (allowed === 0) return 0;
    const byArrival = 1 - Math.max(0, this.#get(page, tatUs) - nowUs) / this.#get(page, burstUs);
    const byWindow = 1 - (this.#rings[page]?.sumAt(nowUs) ?? 0) / allowed;
    return Math.max(0, Math.min(byArrival, byWindow));
  }

  /** Books units that fit now. */
  book(page: number, units: number, nowUs: number): MinuteEntry {
    const price = this.#get(page, priceUs);
    this.#charge(page, Math.ceil(units * price), nowUs);
    const ring = this.#ringOf(page);
    const slot = ring.add(units, nowUs);
    this.#set(page, inWindow, ring.sum);
    return { page, held: units, slot, priceUs: price };
  }

  /** The call took `units`: surplus comes back, a shortfall is charged now. Returns true when something came back. */
  settle({ page, held, slot, priceUs: price }: MinuteEntry, units: number, nowUs: number): boolean {
    const surplus = held - units;
    if (surplus === 0) return false;
    const ring = this.#ringOf(page);
    ring.correct(slot, -surplus, nowUs);
    this.#set(page, inWindow, ring.sum);
    const surplusUs = Math.ceil(held * price) - Math.ceil(units * price);
    if (surplus > 0) this.#set(page, tatUs, this.#get(page, tatUs) - surplusUs);
    else this.#charge(page, -surplusUs, nowUs);
    return surplus > 0;
  }

  /** AWS refused a call that fitted here: the hold stays, and the page retreats when the refusal speaks of it. */
  throttled({ page, held, priceUs: price }: MinuteEntry, evidence: ThrottleEvidence, nowUs: number): void {
    if (!this.#isMeant(page, evidence)) return;
    // A call larger than the burst was let through on trust; its refusal says nothing about the rate.
    if (held * price <= this.#get(page, burstUs)) {
      const used = (this.#rings[page]?.sumAt(nowUs) ?? 0) / this.#get(page, limit);
      this.#learned[page]?.retreat(used, nowUs);
      this.#price(page, this.#learned[page]?.at(nowUs) ?? 1);
    }
    // AWS has nothing left now, whatever we thought.
    this.#set(page, tatUs, Math.max(this.#get(page, tatUs), nowUs + this.#get(page, burstUs)));
  }

  #isMeant(page: number, { scope }: ThrottleEvidence): boolean {
    if (scope === "unknown") return true;
    return scope === (this.#quotas[page]?.unit === "requests" ? "requests-per-minute" : "tokens-per-minute");
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
    this.#set(page, priceUs, ((this.#quotas[page]?.windowMs ?? 0) * 1e3) / (allowed * caution.rate));
  }

  #ringOf(page: number): WindowRing {
    const windowUs = (this.#quotas[page]?.windowMs ?? 0) * 1e3;
    return (this.#rings[page] ??= new WindowRing(windowUs, ringSlots));
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
