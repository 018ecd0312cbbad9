import type { Cost, Ledger, Target } from "@shardrock/core";
import type { ModelLoad } from "./model-load.ts";
import type { QuotaUse } from "./quota-use.ts";
import type { VirtualAws } from "./virtual-aws.ts";

/** How often it is looked who keeps calls waiting, in ms of virtual time. */
const everyMs = 1_000;

/** Finds which quotas keep calls waiting: those where a call of the usual size of a model that waits does not fit by itself. */
export class BindingQuotas {
  readonly #options: {
    readonly ledger: Ledger;
    readonly aws: VirtualAws;
    readonly loads: readonly ModelLoad[];
  };
  #nextMs = 0;
  /** Those found in one look. */
  readonly #bound = new Set<QuotaUse>();

  constructor(options: { readonly ledger: Ledger; readonly aws: VirtualAws; readonly loads: readonly ModelLoad[] }) {
    this.#options = options;
  }

  /** Time moves on to an instant, and nothing has happened since the last look that was not told. */
  lookBefore(atMs: number): void {
    while (this.#nextMs < atMs) {
      const isWaited = this.#look(this.#nextMs);
      // Where nobody waits, nobody will before the instant.
      this.#nextMs = isWaited ? this.#nextMs + everyMs : Math.ceil(atMs / everyMs) * everyMs;
    }
  }

  #look(nowMs: number): boolean {
    const waited = this.#options.loads.filter(({ waiting }) => waiting > 0);
    if (waited.length === 0) return false;
    this.#bound.clear();
    for (const load of waited) for (const target of load.model.targets) this.#lookAt(target, load.meanHold, nowMs);
    for (const use of this.#bound) use.bind(nowMs, everyMs);
    return true;
  }

  #lookAt(target: Target, hold: number, nowMs: number): void {
    const { aws, ledger } = this.#options;
    for (const use of aws.placeOf(target).uses) {
      if (this.#bound.has(use)) continue;
      const cost: Cost = { [use.unit]: use.unit === "requests" ? 1 : use.unit === "outputTokens" ? 0 : hold };
      if (ledger.startsInMs({ target: use.alone, cost }, nowMs) > 0) this.#bound.add(use);
    }
  }
}
