import type { Claim } from "./claim.ts";

/** A row of claims. The same claims in the same order are the same object, as long as nothing else came in between. */
export class ClaimsAhead {
  #last: Claim | undefined;
  #next: ClaimsAhead | undefined;

  /** The row with one more claim at its end. */
  and(claim: Claim): ClaimsAhead {
    if (this.#last === claim && this.#next !== undefined) return this.#next;
    this.#last = claim;
    this.#next = new ClaimsAhead();
    return this.#next;
  }
}
