import type { Clock } from "../clock.ts";
import { IndexedHeap } from "./indexed-heap.ts";
import type { Waiter } from "./waiter.ts";

/** The deadlines of all waiting calls, under one timer. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #onDeadline: (waiter: Waiter) => void;
  readonly #heap = new IndexedHeap<Waiter>((one, other) => one.ticket.deadlineMs < other.ticket.deadlineMs);
  #timer: Disposable | undefined;
  #ringsAtMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, onDeadline: (waiter: Waiter) => void) {
    this.#clock = clock;
    this.#onDeadline = onDeadline;
  }

  add(waiter: Waiter): void {
    this.#heap.add(waiter);
    this.#set();
  }

  remove(waiter: Waiter): void {
    if (waiter.heapPlace >= 0) this.#heap.remove(waiter);
    if (this.#heap.size === 0) this.#stop();
  }

  /** The timer rings no later than the earliest deadline; after an early ring it is set again. */
  #set(): void {
    const atMs = this.#heap.first?.ticket.deadlineMs ?? Number.POSITIVE_INFINITY;
    if (atMs >= this.#ringsAtMs) return;
    this.#stop();
    this.#ringsAtMs = atMs;
    // Somebody awaits these calls, even when nothing else keeps the process alive.
    this.#timer = this.#clock.timer(Math.max(0, atMs - this.#clock.monotonicMs()), () => this.#ring(), true);
  }

  #ring(): void {
    this.#ringsAtMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.monotonicMs();
    for (let first = this.#heap.first; first !== undefined; first = this.#heap.first) {
      // Timers may ring a fraction of a millisecond early.
      if (first.ticket.deadlineMs - nowMs >= 1) break;
      this.#heap.remove(first);
      this.#onDeadline(first);
    }
    this.#set();
  }

  #stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#ringsAtMs = Number.POSITIVE_INFINITY;
  }
}
