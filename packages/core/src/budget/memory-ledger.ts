import type { Clock } from "../clock.ts";
import { ShardrockError } from "../errors.ts";
import { type DayEntry, DayPage } from "./day-page.ts";
import type { Ledger, Quote, Refusal, Reservation } from "./ledger.ts";
import type { Limits } from "./limits.ts";
import { MemoryReservation, type ReservationBook } from "./memory-reservation.ts";
import { MinuteBook, type MinuteEntry } from "./minute-book.ts";
import { type Cost, dayWindowMs, type Quota, type Unit, unitsOf } from "./quota.ts";
import type { Candidate, Target } from "./target.ts";

/** Where a target's calls are written. */
interface Pages {
  readonly minutes: readonly { readonly page: number; readonly unit: Unit; readonly quota: Quota }[];
  readonly days: readonly DayPage[];
}

/** The book of one process. Answers at once and exactly: what it quotes at 0 or less, it books in the same turn. */
export class MemoryLedger implements Ledger {
  readonly #clock: Clock;
  readonly #minutes: MinuteBook;
  readonly #days = new Map<string, DayPage>();
  readonly #pages = new Map<Target, Pages>();
  readonly #listeners = new Set<() => void>();
  readonly #book: ReservationBook;

  constructor(options: { readonly limits: Limits; readonly clock: Clock }) {
    this.#clock = options.clock;
    this.#minutes = new MinuteBook(options.limits);
    this.#book = { minutes: this.#minutes, nowUs: () => this.#nowUs(), gaveBack: () => this.#tellListeners() };
    options.limits.onChange((key) => {
      this.#minutes.reload(key);
      this.#tellListeners();
    });
  }

  startsInMs({ target, cost }: Candidate, nowMs: number): number {
    const nowUs = Math.floor(nowMs * 1e3);
    return (this.#startUs(this.#pagesOf(target), cost, nowUs) - nowUs) / 1e3;
  }

  quote({ target, cost }: Candidate, nowMs: number): Quote {
    const nowUs = Math.floor(nowMs * 1e3);
    const { minutes, days } = this.#pagesOf(target);
    const headrooms = [
      ...minutes.map(({ page }) => this.#minutes.headroom(page, nowUs)),
      ...days.map((day) => day.headroom(nowUs)),
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

  onGiveBack(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #reserveOn({ target, cost }: Candidate, pages: Pages, nowUs: number): Reservation {
    const minutes: MinuteEntry[] = [];
    for (const { page, unit } of pages.minutes) minutes.push(this.#minutes.book(page, unitsOf(cost, unit) ?? 0, nowUs));
    const days: DayEntry[] = [];
    for (const day of pages.days) days.push(day.book(unitsOf(cost, day.quota.unit) ?? 0, nowUs));
    return new MemoryReservation({ target, minutes, days, book: this.#book });
  }

  #refuse(candidates: readonly Candidate[], nowUs: number): Refusal {
    const waits = candidates.map((candidate) => this.#latest(candidate, nowUs));
    const { quota, startUs, isEstimated } = waits.reduce((best, wait) => (wait.startUs < best.startUs ? wait : best));
    return { kind: "refused", short: quota, retryAfterMs: (startUs - nowUs) / 1e3, isEstimated };
  }

  #startUs({ minutes, days }: Pages, cost: Cost, nowUs: number): number {
    let latestUs = Number.NEGATIVE_INFINITY;
    for (const { page, unit } of minutes) {
      const startUs = this.#minutes.startUs(page, unitsOf(cost, unit) ?? 0, nowUs);
      if (startUs > latestUs) latestUs = startUs;
    }
    for (const day of days) if (day.startUs() > latestUs) latestUs = day.startUs();
    return latestUs;
  }

  /** The quota that makes a call wait longest. */
  #latest({ target, cost }: Candidate, nowUs: number): { quota: Quota; startUs: number; isEstimated: boolean } {
    const { minutes, days } = this.#pagesOf(target);
    const starts = [
      ...minutes.map(({ page, quota }) => {
        return { quota, startUs: this.#minutes.startUs(page, unitsOf(cost, quota.unit) ?? 0, nowUs), isEstimated: false };
      }),
      ...days.map((day) => ({ quota: day.quota, startUs: day.startUs(), isEstimated: true })),
    ];
    return starts.reduce((latest, start) => (start.startUs > latest.startUs ? start : latest));
  }

  #pagesOf(target: Target): Pages {
    const known = this.#pages.get(target);
    if (known !== undefined) return known;
    const minutes = target.quotas.filter((quota) => quota.windowMs < dayWindowMs);
    if (minutes.length === 0) {
      throw new ShardrockError("option-invalid", `target ${target.id} must have a minute quota, got none`);
    }
    const days = target.quotas.filter((quota) => quota.windowMs >= dayWindowMs);
    const pages = {
      minutes: minutes.map((quota) => ({ quota, unit: quota.unit, page: this.#minutes.pageOf(quota) })),
      days: days.map((quota) => this.#dayOf(quota)),
    };
    this.#pages.set(target, pages);
    return pages;
  }

  #dayOf(quota: Quota): DayPage {
    const known = this.#days.get(quota.key);
    if (known !== undefined) return known;
    const day = new DayPage(quota);
    this.#days.set(quota.key, day);
    return day;
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener();
  }

  #nowUs(): number {
    return Math.floor(this.#clock.monotonicMs() * 1e3);
  }
}
