import type { Ledger } from "../budget/ledger.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Hedge } from "./hedge.ts";
import type { RoutedCall } from "./routed-call.ts";
import type { Ticket } from "./ticket.ts";

/** A call's second place beside the one it has: it never waits, and goes where a hedge may. */
export class Aside implements Ticket {
  readonly id: string;
  readonly pool: string;
  readonly lane: string;
  readonly tenant: string;
  readonly priority: number;
  readonly arrival: number;
  readonly sinceMs: number;
  /** Now or not at all. */
  readonly deadlineMs: number = Number.NEGATIVE_INFINITY;
  readonly bytes: number = 0;
  readonly signal: AbortSignal | undefined;
  readonly #call: RoutedCall;
  readonly #hedge: Hedge;
  readonly #ledger: Ledger;

  constructor(call: RoutedCall, hedge: Hedge, ledger: Ledger) {
    this.#call = call;
    this.#hedge = hedge;
    this.#ledger = ledger;
    this.id = `${call.id}, hedged`;
    ({ pool: this.pool, lane: this.lane, tenant: this.tenant, priority: this.priority } = call);
    ({ arrival: this.arrival, sinceMs: this.sinceMs, signal: this.signal } = call);
  }

  renew(): void {
    this.#call.renew();
  }

  eligible(): readonly Candidate[] {
    const nowMs = this.#call.nowMs();
    const hedge = this.#hedge;
    return this.#call
      .eligible()
      .filter(({ target }) => hedge.suits(target) && this.#call.isClear(target))
      .filter(({ target }) => this.#call.tried.every(({ start }) => start.target !== target))
      .filter((candidate) => this.#ledger.quote(candidate, nowMs).headroom > hedge.leastHeadroom);
  }

  hasUntried(): boolean {
    return this.eligible().length > 0;
  }

  /** It goes by room alone. */
  home(): undefined {
    return undefined;
  }

  cachedTokens(target: Target): number {
    return this.#call.cachedTokens(target);
  }

  unblocksInMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  noneLeft(): Error {
    return this.#call.noneLeft();
  }
}
