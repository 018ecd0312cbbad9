/** One link of a chain; it stays valid until it is removed. */
export interface Link<T> {
  readonly value: T;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
}

/** A list in order that adds near its ends, and removes anywhere, in constant time. */
export class Chain<T> {
  readonly #isBefore: (one: T, other: T) => boolean;
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #length = 0;

  constructor(isBefore: (one: T, other: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get length(): number {
    return this.#length;
  }

  get first(): Link<T> | undefined {
    return this.#first;
  }

  get last(): Link<T> | undefined {
    return this.#last;
  }

  /** Adds in order, after its equals. */
  add(value: T): Link<T> {
    const before = this.#placeOf(value);
    const after = before === undefined ? this.#first : before.after;
    const link: Link<T> = { value, before, after };
    if (before === undefined) this.#first = link;
    else before.after = link;
    if (after === undefined) this.#last = link;
    else after.before = link;
    this.#length += 1;
    return link;
  }

  remove(link: Link<T>): void {
    const { before, after } = link;
    link.after = undefined; // once in the old generation it would keep all that came after it from being collected young
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    this.#length -= 1;
  }

  /** The link a value belongs behind; looked for from both ends, because it is near one of them. */
  #placeOf(value: T): Link<T> | undefined {
    let [front, back] = [this.#first, this.#last];
    while (front !== undefined && back !== undefined) {
      if (!this.#isBefore(value, back.value)) return back;
      if (this.#isBefore(value, front.value)) return front.before;
      back = back.before;
      front = front.after;
    }
    return undefined;
  }
}
