import { type AccountShare, shareCeilings } from "./account-share.ts";
import type { Limit, Limits, LimitSource } from "./limits.ts";
import { MemoryLimits } from "./memory-limits.ts";

/**
 * Limits of which no account has more than its share, and none more than its ceiling. Whoever sets one says what AWS
 * publishes; whoever reads one is told what may be used, which depends on the limits of all other accounts.
 */
export class CappedLimits implements Limits {
  readonly #told = new MemoryLimits();
  readonly #ceilings = new Map<string, number>();
  readonly #limits = new Map<string, Limit>();
  readonly #listeners = new Set<(key: string) => void>();
  #share: AccountShare = { share: 1, pools: [] };
  /** Keys that were set or removed since a change began; undefined: none is under way. */
  #touched: Set<string> | undefined;

  get(key: string): Limit | undefined {
    return this.#limits.get(key);
  }

  set(key: string, published: number, source: LimitSource): void {
    const before = this.#told.get(key);
    const limit = this.#limits.get(key);
    this.#told.set(key, published, source);
    if (before?.published === published && limit !== undefined) this.#limits.set(key, { ...limit, source });
    else this.#touch(key);
  }

  setForeignUse(key: string, units: number): void {
    const before = this.#told.get(key);
    this.#told.setForeignUse(key, units);
    if (this.#told.get(key) !== before) this.#touch(key);
  }

  /** No more of a quota is used than this, in units per window, whatever AWS publishes; undefined: as much as there is. */
  setCeiling(key: string, most: number | undefined): void {
    if (this.#ceilings.get(key) === most) return;
    if (most === undefined) this.#ceilings.delete(key);
    else this.#ceilings.set(key, most);
    this.#touch(key);
  }

  /** A quota that is not there any more: nothing fits on it. */
  remove(key: string): void {
    this.#told.remove(key);
    this.#ceilings.delete(key);
    this.#touch(key);
  }

  onChange(listener: (key: string) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /**
   * Another share, and whatever limits are set or removed with it: capped and told when all of it is known.
   * @param exchange - sets and removes limits. What it throws is thrown on; what it had set by then holds.
   */
  change(share: AccountShare, exchange: () => void): void {
    const touched = new Set(keysOf(this.#share));
    this.#touched = touched;
    try {
      exchange();
    } finally {
      this.#touched = undefined;
      this.#share = share;
      this.#derive(new Set([...touched, ...keysOf(share)]));
    }
  }

  #touch(key: string): void {
    if (this.#touched === undefined) this.#derive(new Set([key, ...keysOf(this.#share)]));
    else this.#touched.add(key);
  }

  #derive(keys: ReadonlySet<string>): void {
    const ceilings = shareCeilings(this.#share, (key) =>
      Math.min(this.#told.get(key)?.published ?? 0, this.#ceilings.get(key) ?? Number.POSITIVE_INFINITY),
    );
    const changed = [...keys].filter((key) => this.#put(key, lower(ceilings.get(key), this.#ceilings.get(key))));
    for (const key of changed) for (const listener of this.#listeners) listener(key);
  }

  /** @returns whether the limit is another now. */
  #put(key: string, most: number | undefined): boolean {
    const before = this.#limits.get(key);
    const told = this.#told.get(key);
    if (told === undefined) return this.#limits.delete(key);
    const limit = most === undefined ? told : { ...told, value: Math.min(told.value, most), most };
    this.#limits.set(key, limit);
    return (
      limit.published !== before?.published || limit.foreignUse !== before.foreignUse || limit.most !== before.most
    );
  }
}

function lower(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** Where nothing is capped, no limit depends on another. */
function keysOf({ share, pools }: AccountShare): readonly string[] {
  return share >= 1 ? [] : pools.flatMap((pool) => [...pool.values()].flat());
}
