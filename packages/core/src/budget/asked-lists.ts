import type { Candidate, Target } from "./target.ts";

/** Targets that were asked for together, and the minute pages of each. */
interface AskedList {
  readonly targets: readonly Target[];
  readonly minutes: readonly (readonly number[])[];
  /** How often in a row others were asked for instead. */
  misses: number;
}

/** Lists kept at once: about as many as there are models. */
const most = 256;

/** A shorter list is kept only when it comes so often in a row: it may be a part of the one that is mostly asked for. */
const patience = 16;

const nothing: readonly never[] = [];

/**
 * The lists of targets that are asked for again and again: calls of one model ask for the same ones in the same order. What
 * is known of them lies side by side here, so that a look at all of them reads little memory.
 */
export class AskedLists {
  readonly #byFirst = new Map<Target, AskedList>();

  /** The list that begins as some candidates do; undefined: none. */
  find(candidates: readonly Candidate[]): AskedList | undefined {
    const [first] = candidates;
    return first && this.#byFirst.get(first.target);
  }

  /** The list was the one that was asked for. */
  hit(list: AskedList): void {
    list.misses = 0;
  }

  /** There was none, or another. @param minutesOf - finds the pages of a target. */
  missed(candidates: readonly Candidate[], minutesOf: (target: Target) => readonly number[]): void {
    const [first] = candidates;
    if (first === undefined) return;
    const known = this.#byFirst.get(first.target);
    // What is asked for only once is not worth a list.
    if (known === undefined) return this.#set(first.target, { targets: nothing, minutes: nothing, misses: 0 });
    known.misses += 1;
    if (candidates.length < known.targets.length && known.misses < patience) return;
    const targets = candidates.map(({ target }) => target);
    this.#set(first.target, { targets, minutes: targets.map(minutesOf), misses: 0 });
  }

  clear(): void {
    this.#byFirst.clear();
  }

  #set(first: Target, list: AskedList): void {
    if (this.#byFirst.size >= most) this.#byFirst.clear();
    this.#byFirst.set(first, list);
  }
}
