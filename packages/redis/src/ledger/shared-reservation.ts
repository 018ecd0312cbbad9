import type { Cost, Quota, Reservation, Target, ThrottleEvidence } from "@shardrock/core";
import { QuotaLearner, ringSlots, WindowRing } from "@shardrock/core/book";
import { type BookedEntry, endedPage, pendingOf } from "./booked-entry.ts";
import type { Closing, ClosingPage, Endings } from "./endings.ts";
import { isBroken } from "./mishap.ts";
import type { SharedBook } from "./shared-book.ts";

export interface SharedReservationOptions {
  readonly id: string;
  readonly target: Target;
  /** Above 0: it may not be sent before. */
  readonly startsInMs: number;
  readonly entries: readonly BookedEntry[];
  /** The target's day quotas, and those of them that this call probes. */
  readonly days: readonly Quota[];
  readonly probes: readonly Quota[];
  readonly book: SharedBook;
  readonly endings: Endings;
}

/** What a refusal blames, and of that, what it teaches something of. */
interface Refused {
  readonly blamed: ReadonlySet<BookedEntry>;
  readonly weighed: ReadonlySet<BookedEntry>;
}

/** A reservation in the shared book. What it tells is known here at once, and in the store when it gets there. */
export class SharedReservation implements Reservation {
  readonly kind = "reserved";
  readonly target: Target;
  readonly startsInMs: number;
  readonly #options: SharedReservationOptions;
  #isOpen = true;

  constructor(options: SharedReservationOptions) {
    this.target = options.target;
    this.startsInMs = options.startsInMs;
    this.#options = options;
  }

  settle(actual: Cost): void {
    if (!this.#close()) return;
    const { entries, probes, book } = this.#options;
    const pages = entries.map((entry) => {
      const units = actual[entry.page.quota.unit];
      const isKnown = units !== undefined && Number.isFinite(units) && units >= 0;
      if (isKnown && entry.held > 0) this.#accept(entry);
      return closingPage(entry, isKnown ? units : undefined, isKnown ? units : entry.held);
    });
    void this.#send(pages);
    book.days.open(probes);
    if (pages.some(cameBack)) book.gaveBack();
  }

  release(): void {
    if (!this.#close()) return;
    const { entries, probes, book } = this.#options;
    void this.#send(entries.map((entry) => closingPage(entry, 0, 0)));
    book.days.probeAgain(probes);
    book.gaveBack();
  }

  keep(): void {
    if (!this.#close()) return;
    const { entries, probes, book } = this.#options;
    void this.#send(entries.map((entry) => closingPage(entry, undefined, entry.held)));
    book.days.probeAgain(probes);
  }

  throttled({ scope }: ThrottleEvidence): void {
    if (!this.#close()) return;
    const { entries, days, probes, book, endings } = this.#options;
    if (scope === "tokens-per-day") {
      void this.#send(entries.map((entry) => closingPage(entry, undefined, 0)));
      book.days.close(days);
      return;
    }
    const meant = entries.filter(({ page }) => scopeOf(page.quota) === scope);
    // A scope that no page has, or none at all, may be any of them.
    const blamed = new Set(meant.length > 0 ? meant : entries);
    const nowUs = book.time.nowUs();
    // What AWS refuses of an account on hold says nothing of its limit.
    const weighed = new Set([...blamed].filter(({ page }) => page.learner.known.limit > 0));
    for (const entry of weighed) foreseePause(entry, nowUs);
    void endings.track(this.#refuse({ blamed, weighed }, nowUs));
    book.days.probeAgain(probes);
  }

  #accept({ page, evidence }: BookedEntry): void {
    const nowUs = this.#options.book.time.nowUs();
    page.learner.learn((learner) => learner.accepted(evidence, nowUs), nowUs);
    page.keepGate();
  }

  /** What AWS refused is weighed by all that was booked before, which only the store knows. */
  async #refuse({ blamed, weighed }: Refused, nowUs: number): Promise<void> {
    const { entries } = this.#options;
    const rings = await this.#rings([...weighed].map(({ page }) => page.quota.key));
    const pages = entries.map((entry) => {
      if (!blamed.has(entry)) return closingPage(entry, undefined, 0);
      const ring = weighed.has(entry) ? rings?.get(entry.page.quota.key) : undefined;
      const missingUs = ring === undefined ? 0 : refuse(entry, ring, nowUs);
      return { ...closingPage(entry, 0, 0), ended: endedPage(entry, 0, missingUs > 0 ? nowUs + missingUs : 0) };
    });
    await this.#send(pages);
  }

  async #rings(keys: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<number, number>> | undefined> {
    const { store, reach, tellMishap } = this.#options.book;
    if (!reach.isShared || keys.length === 0) return undefined;
    try {
      return await store.rings(keys);
    } catch (error) {
      if (isBroken(error)) tellMishap("tell what was booked", error);
      else reach.failed(error);
      return undefined;
    }
  }

  #send(pages: Closing["pages"]): Promise<void> {
    return this.#options.endings.end({ id: this.#options.id, pages });
  }

  /** @returns whether this ending is the first. */
  #close(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    return wasOpen;
  }
}

function closingPage(entry: BookedEntry, actual: number | undefined, settled: number): ClosingPage {
  return { page: entry.page, ended: endedPage(entry, actual), pending: pendingOf(entry, actual), settled };
}

function cameBack({ pending }: ClosingPage): boolean {
  return pending.us < 0;
}

function scopeOf({ unit }: Quota): ThrottleEvidence["scope"] {
  return unit === "requests" ? "requests-per-minute" : "tokens-per-minute";
}

/** @returns µs for which the hold is counted as missing. */
function refuse({ page, evidence, held }: BookedEntry, units: ReadonlyMap<number, number>, nowUs: number): number {
  const ring = WindowRing.of(page.mirror.windowUs, ringSlots, without(units, evidence.slot, held));
  let missingUs = 0;
  page.learner.learn((learner) => {
    missingUs = learner.refused(evidence, { ring, held }, nowUs);
    return true;
  }, nowUs);
  page.keepGate();
  return missingUs;
}

/** Nothing more starts here from now on, although how long is known exactly only when the store has told all. */
function foreseePause({ page, evidence, held }: BookedEntry, nowUs: number): void {
  const { known } = page.learner;
  const trial = new QuotaLearner(known.windowUs);
  trial.adopt(known.toRecord());
  trial.refused(evidence, { ring: new WindowRing(known.windowUs, ringSlots), held }, nowUs);
  page.mirror.pause(trial.pausedUntilUs);
}

function without(units: ReadonlyMap<number, number>, slot: number, held: number): ReadonlyMap<number, number> {
  const rest = new Map(units);
  rest.set(slot, Math.max(0, (units.get(slot) ?? 0) - held));
  return rest;
}
