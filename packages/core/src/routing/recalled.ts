import type { Candidate } from "../budget/target.ts";
import type { Starts } from "./asked-book.ts";
import type { Asking } from "./asking.ts";
import type { Outlook } from "./outlook.ts";

/** The book as one waiting call's outlook remembers it: asked itself only for what is not known there. */
export class Recalled implements Starts {
  /** Whose outlook is asked. */
  outlook: Outlook | undefined;
  readonly #asking: Asking;
  /** Where the next candidate is looked for: they are asked for in their order. */
  #next = 0;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  startsInMs(candidate: Candidate): number {
    const { outlook } = this;
    if (outlook === undefined) return Number.POSITIVE_INFINITY;
    const guess = outlook.candidates[this.#next] === candidate ? this.#next : outlook.candidates.indexOf(candidate);
    this.#next = guess + 1 < outlook.candidates.length ? guess + 1 : 0;
    return this.#asking.inMs(outlook.startUs(guess, this.#asking));
  }
}
