import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { Tenants } from "./tenants.ts";
import type { LaneForecasts } from "./lane-forecast.ts";
import type { Choice } from "./picker.ts";
import { sharedTokens, type Ticket } from "./ticket.ts";

/** How fast what was served is forgotten: after this long a third of it still counts. */
const memoryMs = 10_000;

/** Pools whose last seconds are remembered. */
const rememberedPools = 1_000;

interface Served {
  /** On `monotonicMs`: when it was last brought up to date. */
  atMs: number;
  all: number;
  /** Of tenants that have a guarantee. */
  readonly byTenant: Map<string, number>;
}

/** What each pool has served lately, in tokens, and who is below its guaranteed share of it. */
export class Guarantees {
  readonly #tenants: Tenants;
  readonly #clock: Clock;
  readonly #pools = new LRUCache<string, Served>({ max: rememberedPools });

  constructor(options: { readonly tenants: Tenants; readonly clock: Clock }) {
    this.#tenants = options.tenants;
    this.#clock = options.clock;
  }

  /** A call has started; negative: it took less than was noted. */
  note({ pool, tenant }: Pick<Ticket, "pool" | "tenant">, tokens: number): void {
    if (!this.#tenants.hasGuarantees) return;
    const served = this.#upToDate(pool);
    served.all = Math.max(0, served.all + tokens);
    if (this.#tenants.guaranteeOf(tenant) === 0) return;
    served.byTenant.set(tenant, Math.max(0, (served.byTenant.get(tenant) ?? 0) + tokens));
  }

  /** A call has gone straight on. */
  noteStart(ticket: Ticket, choice: Choice | undefined, forecasts: LaneForecasts): void {
    if (!this.#tenants.hasGuarantees) return;
    this.note(ticket, sharedTokens(choice?.candidate.cost) * forecasts.of(ticket.lane).settledShare);
  }

  /** Whether a tenant has had less than its guaranteed share lately. */
  isShort(pool: string, tenant: string): boolean {
    const guaranteed = this.#tenants.guaranteeOf(tenant);
    if (guaranteed === 0) return false;
    const { all, byTenant } = this.#upToDate(pool);
    return all === 0 || (byTenant.get(tenant) ?? 0) < guaranteed * all;
  }

  #upToDate(pool: string): Served {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#pools.get(pool);
    if (known === undefined) {
      const served: Served = { atMs: nowMs, all: 0, byTenant: new Map() };
      this.#pools.set(pool, served);
      return served;
    }
    if (known.atMs === nowMs) return known;
    const left = Math.exp((known.atMs - nowMs) / memoryMs);
    known.atMs = nowMs;
    known.all *= left;
    for (const [tenant, tokens] of known.byTenant) known.byTenant.set(tenant, tokens * left);
    return known;
  }
}
