import type { EndedPage, Ended } from "../store/book-store.ts";
import type { Pending } from "./mirror-page.ts";
import { isBroken } from "./mishap.ts";
import type { Page } from "./page.ts";
import type { SharedBook } from "./shared-book.ts";

/** Endings that are kept while the store is away: the rest expire, as kept. */
const mostKept = 10_000;

/** How one call ends, on all its pages. */
export interface Closing {
  readonly id: string;
  readonly pages: readonly ClosingPage[];
}

export interface ClosingPage {
  readonly page: Page;
  readonly ended: EndedPage;
  readonly pending: Pending;
  /** Units that it settled for; 0: it is not known to have taken any. */
  readonly settled: number;
}

/** Sends endings without anybody waiting, in the order they happen; what is not sent for a lost connection is sent again. */
export class Endings {
  readonly #book: SharedBook;
  readonly #open = new Set<Promise<void>>();
  #kept: { readonly closing: Closing; readonly done: () => void }[] = [];

  constructor(book: SharedBook) {
    this.#book = book;
  }

  /** Ends a call; the store counts the first ending of each. @returns what `flush` waits for; never rejects. */
  end(closing: Closing): Promise<void> {
    return this.track(this.#end(closing));
  }

  /** Something that `flush` waits for, and that never rejects. */
  track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => void this.#open.delete(tracked));
    this.#open.add(tracked);
    return tracked;
  }

  /** The store answers again: sends what is kept, before all that is asked of it afterwards. */
  sendAgain(): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const { closing, done } of kept) void this.#send(closing).then(done);
  }

  /** Resolves when every ending so far is in the book. @throws the signal's reason. */
  flush(signal?: AbortSignal): Promise<void> {
    const all = Promise.all(this.#open).then(() => {});
    if (signal === undefined) return all;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      void all.then(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  }

  /** Nobody sends what is kept any more. */
  drop(): void {
    for (const { done } of this.#kept) done();
    this.#kept = [];
  }

  #end(closing: Closing): Promise<void> {
    return this.#book.reach.isShared ? this.#send(closing) : this.#keep(closing);
  }

  async #send(closing: Closing): Promise<void> {
    const { reach, store, copies, tellMishap } = this.#book;
    const { id, pages } = closing;
    for (const { page, pending } of pages) page.mirror.pend(pending, 1);
    const updates = copies.take(pages.map(({ page }) => page));
    try {
      const answer = await store.end({ id, pages: pages.map(({ ended }) => ended), updates });
      const late = answer.isFirst ? copies.settle(updates, answer.newer) : [];
      if (!answer.isFirst) copies.failed(updates);
      this.#ended(closing, answer);
      await copies.write(late);
    } catch (error) {
      for (const { page, pending } of pages) page.mirror.pend(pending, -1);
      copies.failed(updates);
      // It stays spent, and expires.
      if (isBroken(error)) return tellMishap("end a call", error);
      reach.failed(error);
      return this.#keep(closing);
    }
  }

  #ended({ pages }: Closing, answer: Ended): void {
    const { settled } = this.#book;
    if (answer.isFirst) for (const { page, settled: units } of pages) settled.add(page.quota.key, units, answer.nowUs);
    this.#book.saw(answer);
    const byKey = new Map(pages.map(({ page, pending }) => [page.quota.key, pending]));
    for (const { page, pending } of pages) {
      if (answer.pages.has(page.quota.key)) continue;
      page.mirror.pend(pending, -1);
      page.lose(); // it has expired there, or made no sense
    }
    this.#book.see(answer.pages, (key) => ({ arrived: byKey.get(key) }));
  }

  #keep(closing: Closing): Promise<void> {
    return new Promise((done) => {
      this.#kept.push({ closing, done });
      if (this.#kept.length > mostKept) this.#kept.shift()?.done();
    });
  }
}
