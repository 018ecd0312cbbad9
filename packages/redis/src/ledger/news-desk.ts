import type { Clock } from "@shardrock/core";
import type { BookStore } from "../store/book-store.ts";
import { inTime } from "./in-time.ts";
import { isRefusedByStore, type TellMishap } from "./mishap.ts";
import { News } from "./news.ts";
import type { NewsBoard } from "./news-board.ts";
import type { Reach } from "./reach.ts";

export interface NewsDeskOptions {
  readonly store: BookStore;
  readonly clock: Clock;
  readonly reach: Reach;
  readonly tellMishap: TellMishap;
  readonly processId: string;
  /** How long a claim waits for the store. */
  readonly timeoutMs: number;
}

/** The news board of a shared ledger, by way of its store. */
export class NewsDesk implements NewsBoard {
  readonly #options: NewsDeskOptions;
  readonly #news: News;

  constructor(options: NewsDeskOptions) {
    this.#options = options;
    this.#news = new News(options.processId);
  }

  /** How much has been heard, as the store counts it. */
  get heardCount(): number {
    return this.#news.seen;
  }

  heard(letters: readonly string[], count: number): void {
    this.#news.heard(letters, count);
  }

  /** The store has lost what it held, and counts anew. */
  forget(): void {
    this.#news.seen = 0;
  }

  tell(topic: string, text: string): void {
    const { store, reach } = this.#options;
    if (reach.isShared) store.tell(this.#news.letter(topic, text)).catch(this.#failed);
  }

  onNews(topic: string, listener: (text: string) => void): Disposable {
    return this.#news.on(topic, listener);
  }

  async claim(name: string, forMs: number): Promise<boolean> {
    const { store, clock, reach, timeoutMs } = this.#options;
    if (!reach.isShared) return true;
    try {
      const isOurs = await inTime(store.claim(name, forMs * 1e3), { clock, ms: timeoutMs });
      return isOurs === "late" || isOurs;
    } catch (error) {
      this.#failed(error);
      return true;
    }
  }

  giveUp(name: string): void {
    const { store, reach } = this.#options;
    if (reach.isShared) store.giveUp(name).catch(this.#failed);
  }

  /** Without news processes share their book all the same. */
  readonly #failed = (error: unknown): void => {
    const { reach, tellMishap } = this.#options;
    if (isRefusedByStore(error)) tellMishap("pass on news", error);
    else reach.failed(error);
  };
}
