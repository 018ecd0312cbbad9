import type { Limits } from "../budget/limits.ts";
import { units, unitsAt } from "../budget/quota.ts";
import type { Candidate, Target } from "../budget/target.ts";
import { isMinute } from "./eligibility.ts";

/** How fast a quota refills. */
interface Rate {
  /** Of its unit, in `units`. */
  readonly unitPlace: number;
  readonly perMs: number;
}

/** What each of some targets adds to what those before it can do. */
interface RatedList {
  readonly targets: readonly Target[];
  /** By target; undefined: nothing, its quotas are those of others before it. */
  readonly rates: readonly (readonly Rate[] | undefined)[];
}

/** `workMs` for every call that waits: mostly they may use the same targets, so how fast these are is worked out once. */
export class WorkTimes implements Disposable {
  readonly #limits: Limits;
  readonly #listening: Disposable;
  /** By the first target. */
  #lists = new WeakMap<Target, RatedList>();

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#listening = limits.onChange(() => {
      this.#lists = new WeakMap();
    });
  }

  /** Milliseconds that all targets of the candidates, working together, need for one such call. */
  of(candidates: readonly Candidate[]): number {
    const [first] = candidates;
    if (first === undefined) return 0;
    const known = this.#lists.get(first.target);
    const { rates } = known !== undefined && isOf(known, candidates) ? known : this.#rate(first, candidates);
    let callsPerMs = 0;
    for (let place = 0; place < candidates.length; place += 1) {
      const [own, cost] = [rates[place], candidates[place]?.cost];
      if (own === undefined || cost === undefined) continue;
      let ownPerMs = Number.POSITIVE_INFINITY;
      for (const { unitPlace, perMs } of own) ownPerMs = Math.min(ownPerMs, perMs / (unitsAt(cost, unitPlace) ?? 0));
      callsPerMs += ownPerMs;
    }
    return callsPerMs > 0 ? 1 / callsPerMs : 0;
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #rate(first: Candidate, candidates: readonly Candidate[]): RatedList {
    const seen = new Set<string>();
    const rates = candidates.map(({ target }) => {
      const quotas = target.quotas.filter(isMinute);
      if (quotas.every(({ key }) => seen.has(key))) return undefined;
      for (const { key } of quotas) seen.add(key);
      return quotas.map(({ key, unit, windowMs }) => {
        return { unitPlace: units.indexOf(unit), perMs: (this.#limits.get(key)?.value ?? 0) / windowMs };
      });
    });
    const list = { targets: candidates.map(({ target }) => target), rates };
    this.#lists.set(first.target, list);
    return list;
  }
}

function isOf({ targets }: RatedList, candidates: readonly Candidate[]): boolean {
  return targets.length === candidates.length && candidates.every(({ target }, place) => target === targets[place]);
}
