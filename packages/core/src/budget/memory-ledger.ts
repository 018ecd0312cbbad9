import type { Clock } from "../clock.ts";
import { ShardrockError } from "../errors.ts";
import { DayBook } from "./day-book.ts";
import type { Ledger, Quote, Refusal, Reservation } from "./ledger.ts";
import type { Limits } from "./limits.ts";
import { MemoryReservation, type ReservationBook } from "./memory-reservation.ts";
import { MinuteBook } from "./minute-book.ts";
import { type Cost, dayWindowMs, type Quota } from "./quota.ts";
import type { QuotaSnapshot } from "./quota-snapshot.ts";
import type { QuotaState } from "./remembered-states.ts";
import type { Shift, ShiftListener, Shifts } from "./shifts.ts";
import type { Candidate, Target } from "./target.ts";

/** Where a target's calls are written. */
interface Pages {
  readonly target: Target | undefined;
  readonly minutes: readonly number[];
  readonly days: readonly number[];
  /** Those asked for next the last time: calls of one model ask for the same targets in the same order. */
  next: Pages | undefined;
}

const none: readonly number[] = [];

/** The book of one process. Answers at once and exactly: what it quotes at 0 or less, it books in the same turn. */
export class MemoryLedger implements Ledger, Disposable {
  readonly isExact = true;
  readonly shifts: Shifts;
  readonly #clock: Clock;
  readonly #minutes: MinuteBook;
  readonly #days: DayBook;
  readonly #pages = new Map<Target, Pages>();
  /** Of a target that is charged to no quota. */
  readonly #free: Pages = { target: undefined, minutes: none, days: none, next: undefined };
  #lastAsked = this.#free;
  readonly #listeners = new Set<() => void>();
  readonly #shiftListeners = new Set<ShiftListener>();
  readonly #book: ReservationBook;
  readonly #listening: Disposable;

  constructor(options: { readonly limits: Limits; readonly clock: Clock }) {
    this.#clock = options.clock;
    this.#minutes = new MinuteBook(options.limits, (key, shift) => this.#tellShift(key, shift));
    this.#days = new DayBook(() => this.#tellShift(undefined, "earlier"));
    this.shifts = {
      bringUpTo: (nowMs) => this.#minutes.bringUpTo(Math.floor(nowMs * 1e3)),
      onShift: (listener) => {
        this.#shiftListeners.add(listener);
        return { [Symbol.dispose]: () => void this.#shiftListeners.delete(listener) };
      },
    };
    const [minutes, days] = [this.#minutes, this.#days];
    this.#book = { minutes, days, nowUs: () => this.#nowUs(), gaveBack: () => this.#tellListeners() };
    this.#listening = options.limits.onChange((key) => {
      this.#minutes.reload(key, this.#nowUs());
      this.#tellListeners();
    });
  }

  startsInMs(candidate: Candidate, nowMs: number): number {
    return this.#startsInMs(candidate, Math.floor(nowMs * 1e3));
  }

  startsOfAll(candidates: readonly Candidate[], nowMs: number, startsInMs: Float64Array): void {
    const nowUs = Math.floor(nowMs * 1e3);
    // Counting is quicker here than `for of`: this runs for every candidate of every call.
    for (let place = 0; place < candidates.length; place += 1) {
      const candidate = candidates[place];
      if (candidate !== undefined) startsInMs[place] = this.#startsInMs(candidate, nowUs);
    }
  }

  quote({ target, cost }: Candidate, nowMs: number): Quote {
    if (target.quotas.length === 0) return { startsInMs: 0, headroom: 1, isEstimated: false };
    const nowUs = Math.floor(nowMs * 1e3);
    const { minutes, days } = this.#pagesOf(target);
    const headrooms = [
      ...minutes.map((page) => this.#minutes.headroom(page, nowUs)),
      ...days.map((page) => (this.#days.startUs(page) <= nowUs ? 1 : 0)),
    ];
    const { startUs, isEstimated } = this.#latest({ target, cost }, nowUs);
    return { startsInMs: (startUs - nowUs) / 1e3, headroom: Math.min(1, ...headrooms), isEstimated };
  }

  reserve(candidates: readonly Candidate[]): Promise<Reservation | Refusal> {
    if (candidates.length === 0) {
      return Promise.reject(new ShardrockError("option-invalid", "candidates must hold at least one target, got none"));
    }
    const nowUs = this.#nowUs();
    for (const candidate of candidates) {
      const pages = this.#pagesOf(candidate.target);
      if (this.#startUs(pages, candidate.cost, nowUs) <= nowUs) {
        return Promise.resolve(this.#reserveOn(candidate, pages, nowUs));
      }
    }
    return Promise.resolve(this.#refuse(candidates, nowUs));
  }

  snapshot(nowMs: number): readonly QuotaSnapshot[] {
    return this.#minutes.snapshot(Math.floor(nowMs * 1e3));
  }

  settledByMinute(key: string): ReadonlyMap<number, number> {
    const nowUs = this.#nowUs();
    return this.#minutes.settledByMinute(key, Math.floor(this.#clock.epochMs() * 1e3) - nowUs, nowUs);
  }

  /** What was learned of each quota, by key, to go on from after a restart. */
  get learned(): ReadonlyMap<string, QuotaState> {
    return this.#minutes.learned;
  }

  /** Goes on from what was learned before; a quota with another limit than then starts anew. */
  remember(states: ReadonlyMap<string, QuotaState>): void {
    this.#minutes.remember(states);
  }

  /** These targets are asked for no more; what is booked there ends as ever, and their quotas may be other targets' too. */
  forget(targets: Iterable<Target>): void {
    for (const target of targets) this.#pages.delete(target);
    this.#free.next = undefined;
    this.#lastAsked = this.#free;
  }

  onGiveBack(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** It goes by the limits as they are now from here on, and nothing else keeps it alive. */
  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #reserveOn(candidate: Candidate, pages: Pages, nowUs: number): Reservation {
    const minutes = pages.minutes.map((page) => this.#minutes.book(page, candidate, nowUs));
    const probes = this.#days.allOpen ? none : pages.days.filter((page) => this.#days.start(page, nowUs));
    return new MemoryReservation({ target: candidate.target, minutes, days: pages.days, probes, book: this.#book });
  }

  #refuse(candidates: readonly Candidate[], nowUs: number): Refusal {
    const waits = candidates.map((candidate) => this.#latest(candidate, nowUs));
    const { quota, startUs, isEstimated } = waits.reduce((best, wait) => (wait.startUs < best.startUs ? wait : best));
    return { kind: "refused", short: quota, retryAfterMs: (startUs - nowUs) / 1e3, isEstimated };
  }

  #startsInMs({ target, cost }: Candidate, nowUs: number): number {
    if (target.quotas.length === 0) return 0;
    return (this.#startUs(this.#nextPagesOf(target), cost, nowUs) - nowUs) / 1e3;
  }

  #startUs({ minutes, days }: Pages, cost: Cost, nowUs: number): number {
    let latestUs = this.#minutes.startUs(minutes, cost, nowUs);
    if (this.#days.allOpen) return latestUs;
    for (const page of days) {
      const startUs = this.#days.startUs(page);
      if (startUs > latestUs) latestUs = startUs;
    }
    return latestUs;
  }

  /** The quota that makes a call wait longest. */
  #latest({ target, cost }: Candidate, nowUs: number): { quota: Quota; startUs: number; isEstimated: boolean } {
    const { minutes, days } = this.#pagesOf(target);
    const starts = [
      ...minutes.map((page) => {
        const quota = this.#minutes.quotaOf(page);
        return { quota, startUs: this.#minutes.startUs([page], cost, nowUs), isEstimated: false };
      }),
      ...days.map((page) => {
        return { quota: this.#days.quotaOf(page), startUs: this.#days.startUs(page), isEstimated: true };
      }),
    ];
    return starts.reduce((latest, start) => (start.startUs > latest.startUs ? start : latest));
  }

  /** The same for one target after the other: mostly they are asked for as they were the last time. */
  #nextPagesOf(target: Target): Pages {
    const guess = this.#lastAsked.next;
    const pages = guess?.target === target ? guess : this.#pagesOf(target);
    if (pages !== guess) this.#lastAsked.next = pages;
    this.#lastAsked = pages;
    return pages;
  }

  #pagesOf(target: Target): Pages {
    return this.#pages.get(target) ?? this.#open(target);
  }

  #open(target: Target): Pages {
    if (target.quotas.length === 0) return this.#free;
    const minutes = target.quotas.filter((quota) => quota.windowMs < dayWindowMs);
    if (minutes.length === 0) {
      throw new ShardrockError("option-invalid", `target ${target.id} must have a minute quota, got none`);
    }
    const days = target.quotas.filter((quota) => quota.windowMs >= dayWindowMs);
    const pages: Pages = {
      target,
      minutes: minutes.map((quota) => this.#minutes.pageOf(quota)),
      days: days.map((quota) => this.#days.pageOf(quota)),
      next: undefined,
    };
    this.#pages.set(target, pages);
    return pages;
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener();
  }

  #tellShift(key: string | undefined, shift: Shift): void {
    for (const listener of this.#shiftListeners) listener(key, shift);
  }

  #nowUs(): number {
    return Math.floor(this.#clock.monotonicMs() * 1e3);
  }
}
