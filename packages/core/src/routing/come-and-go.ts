/** An item that knows its place in the one list it may be in; -1: in none. */
export interface Listed {
  listPlace: number;
}

/** Shorter lists are not worth closing up. */
const shortest = 32;

/**
 * Items in the order they came; each may leave at any time, all in constant time.
 *
 * No `Map` or `Set`, where much comes and goes: when V8 rehashes one, the table before keeps what it held and points to the
 * next, for iterators. Once one of them is in the old generation no later one is collected young, nor anything they held.
 */
export class ComeAndGo<T extends Listed> {
  readonly #items: (T | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    item.listPlace = this.#items.push(item) - 1;
    this.#size += 1;
  }

  /** @returns whether it was here. */
  remove(item: T): boolean {
    const place = item.listPlace;
    if (place < 0 || this.#items[place] !== item) return false;
    this.#items[place] = undefined;
    item.listPlace = -1;
    this.#size -= 1;
    if (this.#items.length > shortest && this.#size * 2 < this.#items.length) this.#closeUp();
    return true;
  }

  /** Those that are here now, in the order they came; later changes do not show. */
  all(): T[] {
    return this.#items.filter((item) => item !== undefined);
  }

  #closeUp(): void {
    let left = 0;
    for (const item of this.#items) {
      if (item === undefined) continue;
      this.#items[left] = item;
      item.listPlace = left;
      left += 1;
    }
    this.#items.length = left;
  }
}
