import type { AnswerTimes } from "./answer-times.ts";

/** An attempt that may be in one list of those that have not been answered. The list changes its notes; nobody else does. */
export interface Pending {
  /** When it began, on the clock's `monotonicMs`, and how long such attempts take to be answered; known while it is in a list. */
  sinceMs: number;
  usual: AnswerTimes | undefined;
  /** The list it is in; undefined: none. */
  pendingIn: PendingAttempts<this> | undefined;
  earlier: this | undefined;
  later: this | undefined;
}

/**
 * Attempts that have not been answered, in the order they began; each may leave at any time. A list of neighbours, where
 * every attempt knows its own: a `Map` would need a name for each, and where much comes and goes it keeps garbage alive.
 */
export class PendingAttempts<T extends Pending> {
  #first: T | undefined;
  #last: T | undefined;

  /** The one that began first. */
  get first(): T | undefined {
    return this.#first;
  }

  /** The one that began last. */
  get last(): T | undefined {
    return this.#last;
  }

  /** One that is here already keeps its place. */
  add(attempt: T, sinceMs: number, usual: AnswerTimes): void {
    attempt.sinceMs = sinceMs;
    attempt.usual = usual;
    if (attempt.pendingIn === this) return;
    attempt.pendingIn?.remove(attempt);
    attempt.pendingIn = this;
    attempt.earlier = this.#last;
    if (this.#last === undefined) this.#first = attempt;
    else this.#last.later = attempt;
    this.#last = attempt;
  }

  has(attempt: T): boolean {
    return attempt.pendingIn === this;
  }

  remove(attempt: T): void {
    if (attempt.pendingIn !== this) return;
    const { earlier, later } = attempt;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    attempt.pendingIn = undefined;
    attempt.earlier = undefined;
    attempt.later = undefined;
  }
}
