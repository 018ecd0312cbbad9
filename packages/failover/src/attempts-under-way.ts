import type { AttemptNumber } from "@shardrock/core";

/** An attempt that knows the next one in its chain of the one table it may be in. */
export interface Chained extends AttemptNumber {
  nextInTable: this | undefined;
}

/** Chains at first; a power of two. */
const chainsAtFirst = 64;

/**
 * Finds attempts under way by their numbers. A table of its own: for a `Map` the two numbers would have to be put together as
 * text, and where much comes and goes it keeps garbage alive.
 */
export class AttemptsUnderWay<T extends Chained> {
  #chains: (T | undefined)[] = emptyChains(chainsAtFirst);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Not twice the same numbers. */
  add(attempt: T): void {
    if (this.#size >= this.#chains.length) this.#grow();
    this.#size += 1;
    this.#link(attempt);
  }

  find({ callId, attempt }: AttemptNumber): T | undefined {
    let each = this.#chains[this.#chainOf(callId)];
    while (each !== undefined && (each.callId !== callId || each.attempt !== attempt)) each = each.nextInTable;
    return each;
  }

  remove(attempt: T): void {
    const chain = this.#chainOf(attempt.callId);
    let before: T | undefined;
    let each = this.#chains[chain];
    while (each !== undefined && each !== attempt) {
      before = each;
      each = each.nextInTable;
    }
    if (each === undefined) return;
    if (before === undefined) this.#chains[chain] = attempt.nextInTable;
    else before.nextInTable = attempt.nextInTable;
    attempt.nextInTable = undefined;
    this.#size -= 1;
  }

  #link(attempt: T): void {
    const chain = this.#chainOf(attempt.callId);
    attempt.nextInTable = this.#chains[chain];
    this.#chains[chain] = attempt;
  }

  /** Calls are numbered one after the other, so neighbours have chains of their own. */
  #chainOf(callId: number): number {
    return callId & (this.#chains.length - 1);
  }

  #grow(): void {
    const before = this.#chains;
    this.#chains = emptyChains(before.length * 2);
    for (const first of before) {
      let each = first;
      while (each !== undefined) {
        const next: T | undefined = each.nextInTable;
        this.#link(each);
        each = next;
      }
    }
  }
}

function emptyChains<T>(length: number): (T | undefined)[] {
  return Array.from({ length }, () => undefined);
}
