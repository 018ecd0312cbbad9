import type { TraceRow } from "./trace-row.ts";

/** Rows a log may be out of order by: calls that end late are written late. */
export const usualSortRows = 65_536;

/**
 * Hands out rows by time though they come somewhat out of order: it holds back a bounded number of them. Rows that come in
 * order cost nothing; those that are late wait in a heap beside them.
 */
export class TimeOrder {
  readonly #rows: number;
  #inOrder: (TraceRow | undefined)[] = [];
  #next = 0;
  readonly #late = new RowHeap();
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param rows - how many are held back at most, 0 up. */
  constructor(rows: number = usualSortRows) {
    this.#rows = rows;
  }

  /** The time of the last row that was handed out. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** @returns false, and takes nothing, when a later row was handed out already. */
  push(row: TraceRow): boolean {
    if (row.timeMs < this.#lastMs) return false;
    const newest = this.#inOrder.at(-1);
    const isInOrder = newest === undefined || this.#next === this.#inOrder.length || row.timeMs >= newest.timeMs;
    if (isInOrder) this.#inOrder.push(row);
    else this.#late.push(row);
    return true;
  }

  /** The next row, when more are held back than need be. */
  pull(): TraceRow | undefined {
    return this.#inOrder.length - this.#next + this.#late.size > this.#rows ? this.drain() : undefined;
  }

  /** The next row, when no more will come; undefined when there is none. */
  drain(): TraceRow | undefined {
    const first = this.#inOrder[this.#next];
    const late = this.#late.first;
    const row = late !== undefined && (first === undefined || late.timeMs < first.timeMs) ? this.#late.pop() : first;
    if (row === undefined) return undefined;
    if (row === first) this.#forgetFirst();
    this.#lastMs = row.timeMs;
    return row;
  }

  /** Frees what was handed out, now and then, so that it costs nothing by the row. */
  #forgetFirst(): void {
    this.#inOrder[this.#next] = undefined;
    this.#next += 1;
    if (this.#next < 1_024 || this.#next * 2 < this.#inOrder.length) return;
    this.#inOrder = this.#inOrder.slice(this.#next);
    this.#next = 0;
  }
}

/** A binary heap of rows, the earliest first; rows of the same time as they came. */
class RowHeap {
  readonly #entries: { readonly row: TraceRow; readonly turn: number }[] = [];
  #turn = 0;

  get size(): number {
    return this.#entries.length;
  }

  get first(): TraceRow | undefined {
    return this.#entries[0]?.row;
  }

  push(row: TraceRow): void {
    this.#turn += 1;
    let place = this.#entries.push({ row, turn: this.#turn }) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(place, parent)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  pop(): TraceRow | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first === undefined || last === undefined || last === first) return first?.row;
    this.#entries[0] = last;
    for (let place = 0; ;) {
      const left = 2 * place + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, place)) return first.row;
      this.#swap(place, child);
      place = child;
    }
  }

  #isBefore(place: number, other: number): boolean {
    const one = this.#entries[place];
    const another = this.#entries[other];
    if (one === undefined || another === undefined) return false;
    return one.row.timeMs === another.row.timeMs ? one.turn < another.turn : one.row.timeMs < another.row.timeMs;
  }

  #swap(place: number, other: number): void {
    const one = this.#entries[place];
    const another = this.#entries[other];
    if (one === undefined || another === undefined) return;
    this.#entries[place] = another;
    this.#entries[other] = one;
  }
}
