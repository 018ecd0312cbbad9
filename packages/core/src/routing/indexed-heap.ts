/** An item that knows its place in the one heap it may be in; -1: in none. */
export interface Heaped {
  heapPlace: number;
}

/** A binary heap that can remove any item, and move one whose key has changed, in O(log n). */
export class IndexedHeap<T extends Heaped> {
  readonly #items: T[] = [];
  readonly #isBefore: (one: T, other: T) => boolean;

  constructor(isBefore: (one: T, other: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  /** The item at a place; the children of place n are at 2n + 1 and 2n + 2, and never before it. */
  at(place: number): T | undefined {
    return this.#items[place];
  }

  add(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  remove(item: T): void {
    const place = item.heapPlace;
    const last = this.#items.pop();
    item.heapPlace = -1;
    if (last === undefined || last === item) return;
    this.#settle(last, place);
  }

  /** The key of an item has changed. */
  moved(item: T): void {
    this.#settle(item, item.heapPlace);
  }

  #settle(item: T, place: number): void {
    const parent = this.#items[(place - 1) >> 1];
    if (place > 0 && parent !== undefined && this.#isBefore(item, parent)) this.#rise(item, place);
    else this.#sink(item, place);
  }

  #rise(item: T, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#items[above];
      if (parent === undefined || !this.#isBefore(item, parent)) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(item, place);
  }

  #sink(item: T, from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      const below = this.#earlier(left, left + 1);
      const child = this.#items[below];
      if (child === undefined || !this.#isBefore(child, item)) break;
      this.#put(child, place);
      place = below;
    }
    this.#put(item, place);
  }

  #earlier(left: number, right: number): number {
    const [one, other] = [this.#items[left], this.#items[right]];
    return one !== undefined && other !== undefined && this.#isBefore(other, one) ? right : left;
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    item.heapPlace = place;
  }
}
