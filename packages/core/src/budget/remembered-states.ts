import type { LearnedState } from "./gate.ts";
import type { Quota } from "./quota.ts";
import type { QuotaLearner } from "./quota-learner.ts";

/** What a page learned, and of which published limit. */
export interface QuotaState extends LearnedState {
  readonly limit: number;
}

/** What was learned before a restart, of pages that nobody has asked for yet. */
export class RememberedStates {
  readonly #states = new Map<string, QuotaState>();

  add(states: ReadonlyMap<string, QuotaState>): void {
    for (const [key, state] of states) this.#states.set(key, state);
  }

  /** A page is opened: what to go on from there; undefined: nothing, or AWS publishes another limit than then. */
  take(key: string, published: number): LearnedState | undefined {
    const state = this.#states.get(key);
    this.#states.delete(key);
    return state?.limit === published ? state : undefined;
  }

  /** All that is known, with what was learned since on pages that are open. */
  with(pages: readonly { readonly quota: Quota; readonly learner: QuotaLearner }[]): ReadonlyMap<string, QuotaState> {
    const states = pages.flatMap(({ quota, learner: { state, published } }) =>
      state === undefined ? [] : [[quota.key, { ...state, limit: published }] as const],
    );
    return new Map([...this.#states, ...states]);
  }
}
