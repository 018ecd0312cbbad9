import type { BookStore, LearnedPage, Standing } from "../store/book-store.ts";
import type { Copies } from "./copies.ts";
import { isBroken, type TellMishap } from "./mishap.ts";
import type { Page } from "./page.ts";
import type { Reach } from "./reach.ts";
import type { StoreClock } from "./store-clock.ts";

export interface OpeningsOptions {
  readonly store: BookStore;
  readonly time: StoreClock;
  readonly reach: Reach;
  readonly copies: Copies;
  readonly tellMishap: TellMishap;
  /** How the store stood: another process may have opened these, who did not know what was lost. */
  readonly saw: (standing: Standing) => void;
}

/** Sees to it that the store has the pages that are asked for. */
export class Openings {
  readonly #options: OpeningsOptions;
  #lostAtUs = Number.NEGATIVE_INFINITY;

  constructor(options: OpeningsOptions) {
    this.#options = options;
  }

  /** The store has lost what it held: for one window, pages are taken for spent. */
  lost(): void {
    this.#lostAtUs = this.#options.time.nowUs();
  }

  /** Whatever is asked after this call finds the pages there; the answer tells what was learned of them. Never rejects. */
  async open(pages: Iterable<Page>): Promise<void> {
    const { store, time, reach, copies, saw } = this.#options;
    const missing = [...pages].filter(({ isOpen }) => !isOpen);
    if (missing.length === 0) return;
    const nowUs = time.nowUs();
    const openings = missing.map((page) => {
      page.isOpen = true;
      return page.learner.opening(nowUs - this.#lostAtUs < page.mirror.windowUs, nowUs);
    });
    try {
      // One after the other on one connection, so neither waits for the other's answer.
      const opened = store.open(openings).then(saw);
      const [, learned] = await Promise.all([opened, this.#learned(openings.map(({ key }) => key))]);
      await copies.write(copies.adopt(learned));
    } catch (error) {
      for (const page of missing) page.isOpen = false;
      reach.failed(error);
    }
  }

  /** Pages can be booked whose record nobody can read: then this process goes by what it learned itself. */
  async #learned(keys: readonly string[]): Promise<readonly LearnedPage[]> {
    const { store, tellMishap } = this.#options;
    try {
      return await store.read(keys);
    } catch (error) {
      if (!isBroken(error)) throw error;
      tellMishap("read what was learned", error);
      return [];
    }
  }
}
