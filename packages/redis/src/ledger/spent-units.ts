import type { Quota } from "@shardrock/core";
import { ringSlots } from "@shardrock/core/book";
import type { Spent } from "../store/book-store.ts";

/** What one call has taken of a quota, and when. */
export interface SpentEntry {
  readonly key: string;
  readonly slot: number;
  readonly units: number;
}

/** What a process spent while the store was gone, to be told when it is back. */
export class SpentUnits {
  #byKey = new Map<string, Map<number, number>>();

  /** A call started. @param storeUs - the store's time, as far as it is known. */
  add({ key, windowMs }: Quota, units: number, storeUs: number): SpentEntry {
    const slot = Math.floor((storeUs * ringSlots) / (windowMs * 1e3));
    const entry = { key, slot, units };
    this.#change(entry, units);
    return entry;
  }

  /** A call ended and took `units`: whatever was told before, the difference is told, too. */
  correct(entry: SpentEntry, units: number): void {
    if (units !== entry.units) this.#change(entry, units - entry.units);
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** All of it, once. */
  take(): readonly Spent[] {
    const spent = [...this.#byKey].map(([key, bySlot]) => ({ key, bySlot: changed(bySlot) }));
    this.#byKey = new Map();
    return spent.filter(({ bySlot }) => bySlot.size > 0);
  }

  /** It could not be told, as far as is known: what came back may have been, and must not come back twice. */
  putBack(spent: readonly Spent[]): void {
    for (const { key, bySlot } of spent) {
      for (const [slot, units] of bySlot) if (units > 0) this.#change({ key, slot }, units);
    }
  }

  #change({ key, slot }: Pick<SpentEntry, "key" | "slot">, difference: number): void {
    const bySlot = this.#byKey.get(key) ?? new Map<number, number>();
    this.#byKey.set(key, bySlot);
    bySlot.set(slot, (bySlot.get(slot) ?? 0) + difference);
  }
}

function changed(bySlot: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  return new Map([...bySlot].filter(([, units]) => units !== 0));
}
