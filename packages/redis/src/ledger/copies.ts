import type { BookStore, GateUpdate, LearnedPage } from "../store/book-store.ts";
import { isBroken, type TellMishap } from "./mishap.ts";
import type { Page } from "./page.ts";
import type { Pages } from "./pages.ts";
import type { Reach } from "./reach.ts";
import type { StoreClock } from "./store-clock.ts";

/** How often somebody else may be quicker before the next ending tries again. */
const mostTries = 5;
/** Where many processes learn much at once, what is newer is read together. */
const betweenReadsUs = 500_000;

export interface CopiesOptions {
  readonly store: BookStore;
  readonly time: StoreClock;
  readonly reach: Reach;
  readonly pages: Pages;
  readonly tellMishap: TellMishap;
  /** What holds for some page is another now. */
  readonly changed: () => void;
}

/** Keeps this process's copies of what is learned the same as everybody's: writes what was learned here, reads what elsewhere. */
export class Copies {
  readonly #options: CopiesOptions;
  readonly #stale = new Set<Page>();
  #readAtUs = Number.NEGATIVE_INFINITY;

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  /** A page's version was seen: a newer one is read, in one round trip with all that are seen meanwhile. */
  noticed(page: Page): void {
    if (page.mirror.version <= page.learner.version) return;
    this.#stale.add(page);
    if (this.#options.time.nowUs() >= this.#readAtUs + betweenReadsUs) void this.readStale();
  }

  /** What is to be written of some pages, to go with an ending. `settle` must be told what became of it. */
  take(pages: Iterable<Page>): readonly GateUpdate[] {
    const nowUs = this.#options.time.nowUs();
    return [...pages].flatMap((page) => {
      if (page.learner.review(nowUs)) page.keepGate();
      return page.learner.takeUpdate(nowUs) ?? [];
    });
  }

  /**
   * What was taken has been written, but for what others wrote first: that is learned, and ours on top of it.
   * @returns pages that have something to say on top of that.
   */
  settle(taken: readonly GateUpdate[], newer: readonly LearnedPage[]): readonly Page[] {
    const lateKeys = new Set(newer.map(({ key }) => key));
    for (const { key } of taken) if (!lateKeys.has(key)) this.#options.pages.get(key)?.learner.wrote();
    return this.adopt(newer);
  }

  /** What was taken is not written, as far as anybody knows. */
  failed(taken: readonly GateUpdate[]): void {
    for (const { key } of taken) this.#options.pages.get(key)?.learner.failed();
  }

  /** Writes what these have to say. Never rejects: what is not written goes with an ending, or with the next beat. */
  async write(pages: Iterable<Page>): Promise<void> {
    let late: readonly Page[] = [...pages];
    for (let tries = 0; tries < mostTries && late.length > 0 && this.#options.reach.isShared; tries += 1) {
      const taken = this.take(late);
      if (taken.length === 0) return;
      try {
        late = this.settle(taken, await this.#options.store.publish(taken));
      } catch (error) {
        this.failed(taken);
        return this.#fail("write what was learned", error);
      }
    }
  }

  /** The store has these pages, and this was learned of them. */
  adopt(learned: readonly LearnedPage[]): readonly Page[] {
    const nowUs = this.#options.time.nowUs();
    const pages = learned.flatMap((one) => {
      const page = this.#options.pages.get(one.key);
      if (page === undefined) return [];
      page.learner.adopt(one, nowUs);
      page.keepGate();
      return [page];
    });
    if (pages.length > 0) this.#options.changed();
    return pages;
  }

  /** Reads what is newer elsewhere. Never rejects. */
  async readStale(): Promise<void> {
    const { store, reach, time } = this.#options;
    const keys = [...this.#stale].map(({ quota }) => quota.key);
    this.#stale.clear();
    if (keys.length === 0 || !reach.isShared) return;
    this.#readAtUs = time.nowUs();
    try {
      await this.write(this.adopt(await store.read(keys)));
    } catch (error) {
      this.#fail("read what was learned", error);
    }
  }

  /** A store that is there, but cannot do this, is shared as before: each process goes by what it learned itself. */
  #fail(what: string, error: unknown): void {
    if (isBroken(error)) this.#options.tellMishap(what, error);
    else this.#options.reach.failed(error);
  }
}
