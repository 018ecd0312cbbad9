import { type AccountShare, shareCeilings } from "./account-share.ts";
import type { Limit, Limits, LimitSource } from "./limits.ts";
import { MemoryLimits } from "./memory-limits.ts";

/**
 * Limits of which no account has more than its share. Whoever sets one says what AWS publishes; whoever reads one is told
 * what may be used, which depends on the limits of all other accounts.
 */
export class CappedLimits implements Limits {
  readonly #told = new MemoryLimits();
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

  /** A quota that is not there any more: nothing fits on it. */
  remove(key: string): void {
    this.#told.remove(key);
    this.#touch(key);
  }

  onChange(listener: (key: string) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /**
   * Another share, and whatever limits are set or removed with it: capped and told when all of it is known.
   * @param exchange - sets and removes limits. Must not throw.
   */
  change(share: AccountShare, exchange: () => void): void {
    const touched = new Set(keysOf(this.#share));
    this.#touched = touched;
    exchange();
    this.#touched = undefined;
    this.#share = share;
    this.#derive(new Set([...touched, ...keysOf(share)]));
  }

  #touch(key: string): void {
    if (this.#touched === undefined) this.#derive(new Set([key, ...keysOf(this.#share)]));
    else this.#touched.add(key);
  }

  #derive(keys: ReadonlySet<string>): void {
    const ceilings = shareCeilings(this.#share, (key) => this.#told.get(key)?.published ?? 0);
    const changed = [...keys].filter((key) => this.#put(key, ceilings.get(key)));
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

/** Where nothing is capped, no limit depends on another. */
function keysOf({ share, pools }: AccountShare): readonly string[] {
  return share >= 1 ? [] : pools.flatMap((pool) => [...pool.values()].flat());
}
