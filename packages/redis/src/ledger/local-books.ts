import type { LedgerHost } from "@shardrock/core";
import type { Members } from "./members.ts";
import { isBroken } from "./mishap.ts";
import type { Openings } from "./openings.ts";
import type { SharedBook } from "./shared-book.ts";
import { LocalBook } from "./local-book.ts";
import { SpentUnits } from "./spent-units.ts";

export interface LocalBooksOptions {
  readonly host: LedgerHost;
  readonly members: Members;
  readonly book: SharedBook;
  readonly openings: Openings;
}

/** The book of this process alone, while it is needed: each time a new one, and what it spent is told when the store is back. */
export class LocalBooks {
  readonly #options: LocalBooksOptions;
  readonly #spent = new SpentUnits();
  #current: LocalBook | undefined;
  #listening: Disposable | undefined;

  constructor(options: LocalBooksOptions) {
    this.#options = options;
  }

  get current(): LocalBook {
    return (this.#current ??= this.#open());
  }

  /** Tells the store what was spent here; the next local decision begins a new book. @throws what the store throws. */
  async merge(): Promise<void> {
    this.#current?.[Symbol.dispose]();
    this.#current = undefined;
    this.#listening?.[Symbol.dispose]();
    await this.tell();
  }

  /** Tells the store what was spent here so far. @throws what the store throws. */
  async tell(): Promise<void> {
    if (this.#spent.isEmpty) return;
    const { book, openings } = this.#options;
    const spent = this.#spent.take();
    const pages = spent.flatMap(({ key }) => book.pages.get(key) ?? []);
    try {
      await openings.open(pages);
      if (spent.length > 0) book.saw(await book.store.merge(spent));
    } catch (error) {
      if (isBroken(error)) return book.tellMishap("add what was spent while it was away", error);
      this.#spent.putBack(spent);
      throw error;
    }
  }

  #open(): LocalBook {
    const { host, members, book } = this.#options;
    const { time, settled, days } = book;
    const { clock, limits, random } = host;
    const local = new LocalBook({
      clock,
      limits,
      random,
      processes: members.most(clock.monotonicMs()),
      spent: this.#spent,
      settled: (key, units) => settled.add(key, units, time.nowUs()),
      closeDays: (quotas) => days.close(quotas),
      storeUs: () => time.nowUs(),
    });
    this.#listening = local.onGiveBack(() => book.gaveBack());
    return local;
  }
}
