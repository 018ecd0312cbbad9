import type { Quota } from "@shardrock/core";
import { z } from "zod";
import type { BookStore, LearnedPage, PageOpening } from "../store/book-store.ts";
import { jsonText } from "./json-text.ts";
import type { NewsBoard } from "./news-board.ts";
import type { Reach } from "./reach.ts";
import type { StoreClock } from "./store-clock.ts";

/** AWS does not publish when a day quota reopens: one call an hour tries, of all processes. */
const probeEveryUs = 3_600_000_000;
/** How long one process may try; and how soon another looks whether it still does. */
const probeLeaseMs = 900_000;
const lookAgainUs = 10_000_000;
const mostTries = 5;
const topic = "day";

export interface DaysOptions {
  readonly store: BookStore;
  readonly time: StoreClock;
  readonly reach: Reach;
  readonly board: NewsBoard;
  /** A quota is open that was not, or may be tried. */
  readonly opened: () => void;
  /** Something is being written; it never rejects. */
  readonly writing: (work: Promise<void>) => void;
}

/** What a process knows of a day quota. */
interface Day {
  readonly quota: Quota;
  /** When the next call may try; undefined: open. Of the store's clock. */
  probeAtUs: number | undefined;
  /** In the store; below 0: not known to be there. */
  version: number;
  /** It could not be told yet. */
  isUntold: boolean;
}

/**
 * Day quotas of all processes. AWS weighs them by price and does not publish the weights, so they are advisory: open until
 * AWS refuses a call; then closed for all, and reopened by a probe that gets through. Only closed ones are in the store.
 */
export class Days {
  readonly #options: DaysOptions;
  readonly #days = new Map<string, Day>();
  #closed = 0;

  constructor(options: DaysOptions) {
    this.#options = options;
    options.board.onNews(topic, (key) => void this.#read([key]));
  }

  /** Whether no quota is closed, as far as this process knows. */
  get allOpen(): boolean {
    return this.#closed === 0;
  }

  /** These may be asked for from now on. */
  know(quotas: readonly Quota[]): Promise<void> {
    const fresh = quotas.filter(({ key }) => !this.#days.has(key));
    for (const quota of fresh) this.#days.set(quota.key, { quota, probeAtUs: undefined, version: -1, isUntold: false });
    return this.#read(fresh.map(({ key }) => key));
  }

  /** When a call may start: now unless the quota is closed. */
  startUs({ key }: Quota): number {
    return this.#days.get(key)?.probeAtUs ?? Number.NEGATIVE_INFINITY;
  }

  isClosed({ key }: Quota): boolean {
    return this.#days.get(key)?.probeAtUs !== undefined;
  }

  /** Whether a call of this process may be the probe of these closed quotas; nobody else tries meanwhile. */
  async mayProbe(quotas: readonly Quota[]): Promise<boolean> {
    const { board, time } = this.#options;
    for (const { key } of quotas) this.#set(key, time.nowUs() + lookAgainUs);
    const claims = await Promise.all(quotas.map(({ key }) => board.claim(claimOf(key), probeLeaseMs)));
    if (claims.every(Boolean)) {
      for (const { key } of quotas) this.#set(key, time.nowUs() + probeEveryUs);
      return true;
    }
    for (const [place, quota] of quotas.entries()) if (claims[place] === true) board.giveUp(claimOf(quota.key));
    return false;
  }

  /** AWS refused a call for the day. */
  close(quotas: readonly Quota[]): void {
    const probeAtUs = this.#options.time.nowUs() + probeEveryUs;
    for (const quota of quotas) {
      this.#set(quota.key, probeAtUs, quota);
      this.#options.writing(this.#write(quota.key));
    }
  }

  /** A probe got through. */
  open(quotas: readonly Quota[]): void {
    for (const { key } of quotas) {
      this.#set(key, undefined);
      this.#options.writing(this.#write(key));
    }
    if (quotas.length > 0) this.#options.opened();
  }

  /** A probe told nothing: the next call may be one. */
  probeAgain(quotas: readonly Quota[]): void {
    const nowUs = this.#options.time.nowUs();
    for (const quota of quotas) {
      if (!this.isClosed(quota)) continue;
      this.#set(quota.key, nowUs);
      this.#options.board.giveUp(claimOf(quota.key));
    }
    if (quotas.length > 0) this.#options.opened();
  }

  /** The store is back: it is told what became of quotas meanwhile. */
  back(): void {
    for (const { quota, isUntold } of this.#days.values()) if (isUntold) this.#options.writing(this.#write(quota.key));
  }

  /** The store has lost what it held: what this process knows is written anew. */
  lost(): void {
    for (const day of this.#days.values()) {
      day.version = -1;
      if (day.probeAtUs !== undefined) this.#options.writing(this.#write(day.quota.key));
    }
  }

  #set(key: string, probeAtUs: number | undefined, quota?: Quota): void {
    const day = this.#days.get(key) ?? (quota && { quota, probeAtUs: undefined, version: -1, isUntold: false });
    if (day === undefined) return;
    this.#days.set(key, day);
    this.#closed += Number(probeAtUs !== undefined) - Number(day.probeAtUs !== undefined);
    day.probeAtUs = probeAtUs;
  }

  /** Never rejects: while the store is away each process goes by what it knows. */
  async #read(keys: readonly string[]): Promise<void> {
    const { store, reach } = this.#options;
    const known = keys.filter((key) => this.#days.has(key));
    if (known.length === 0 || !reach.isShared) return;
    try {
      for (const learned of await store.read(known)) this.#adopt(learned);
    } catch (error) {
      reach.failed(error);
    }
  }

  #adopt({ key, version, record }: LearnedPage): void {
    const day = this.#days.get(key);
    const read = recordSchema.safeParse(record);
    if (day === undefined || version <= day.version) return;
    day.version = version;
    if (!read.success) return;
    const { probeAtUs } = read.data;
    const cameBack = this.isClosed(day.quota) && probeAtUs === null;
    this.#set(key, probeAtUs ?? undefined);
    if (cameBack) this.#options.opened();
  }

  /** What this process saw last is what holds: whoever closes or opens has just asked AWS. Never rejects. */
  async #write(key: string): Promise<void> {
    const { store, reach, board } = this.#options;
    const day = this.#days.get(key);
    if (day === undefined) return;
    day.isUntold = true;
    if (!reach.isShared) return;
    const opening = openingOf(day);
    try {
      if (day.version < 0) await store.open([opening]);
      for (let tries = 0; tries < mostTries; tries += 1) {
        const [there] = day.version < 0 ? await store.read([key]) : [];
        day.version = Math.max(day.version, there?.version ?? 0);
        if (there?.record === opening.record) break;
        const [newer] = await store.publish([{ ...opening, basedOn: day.version }]);
        day.version = newer?.version ?? day.version + 1;
        if (newer === undefined) break;
      }
      day.isUntold = false;
      board.giveUp(claimOf(key));
      board.tell(topic, key);
    } catch (error) {
      reach.failed(error);
    }
  }
}

function claimOf(key: string): string {
  return `day:${key}`;
}

/** A page that nothing is booked on: it carries the record. */
function openingOf({ quota, probeAtUs }: Day): PageOpening {
  const gate = {
    priceUs: 1,
    burstUs: quota.windowMs * 1e3,
    mayHold: Number.POSITIVE_INFINITY,
    window: "none",
    mayAsk: false,
    pausedUntilUs: 0,
    windowUs: quota.windowMs * 1e3,
  } as const;
  return { key: quota.key, gate, record: JSON.stringify({ probeAtUs: probeAtUs ?? null }), isSpent: false };
}

const recordSchema = jsonText(z.object({ probeAtUs: z.number().nullable() }));
