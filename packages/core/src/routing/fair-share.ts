/** What one tenant has had of a class, and what it may have next. */
export interface FairFlow {
  readonly tenant: string;
  readonly weight: number;
  /** Virtual start of its next call: tokens per unit of weight. Changed by `FairShare` only. */
  tag: number;
  /** Calls it has waiting. */
  waiting: number;
  /** Told when the tag has changed. */
  readonly onMove: Set<() => void>;
}

/** What a started call took of its tenant's share. */
export interface Charge {
  readonly flow: FairFlow;
  readonly tokens: number;
  /** By how much it moved the tag. */
  readonly moved: number;
}

/** What a call was charged, and what it holds of the quota, in tokens. */
export interface Charged {
  readonly charge: Charge;
  readonly held: number;
}

export interface Start {
  /** What the call is taken to use; 0 up. */
  readonly tokens: number;
  /** The lowest tag of those that compete with it. */
  readonly lowestTag: number;
  /** It went ahead of its tag, because its tenant was below its guarantee. */
  readonly isGuaranteed: boolean;
}

/**
 * Shares one class of one pool between tenants by weight, in tokens: the call of the lowest tag is next, and what a call
 * takes moves its tenant's tag by tokens ÷ weight. Who has been away starts where the others are, so nobody saves up.
 * Source: start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996), with the charge put right when a call ends, as the
 * virtual token counter does (Sheng et al., OSDI 2024, arXiv 2401.00588; read 2026-11-22).
 */
export class FairShare {
  readonly #flows = new Map<string, FairFlow>();
  /** Virtual time: where a tenant starts that has been away. */
  #now = 0;
  #forgetsAt = 64;

  /** Tenants remembered. */
  get size(): number {
    return this.#flows.size;
  }

  /** Virtual time: no tenant that waits starts before it. */
  get now(): number {
    return this.#now;
  }

  find(tenant: string): FairFlow | undefined {
    return this.#flows.get(tenant);
  }

  /** A tenant that was not known has tag 0 until it is lifted. */
  flowOf(tenant: string, weight: number): FairFlow {
    const known = this.#flows.get(tenant);
    if (known !== undefined) return known;
    const flow: FairFlow = { tenant, weight, tag: 0, waiting: 0, onMove: new Set() };
    this.#flows.set(tenant, flow);
    return flow;
  }

  /** A tenant begins to wait: it starts no earlier than those it competes with. */
  lift(flow: FairFlow, lowestTag: number): void {
    const tag = Math.min(this.#now, lowestTag);
    if (flow.tag < tag) move(flow, tag);
  }

  start(flow: FairFlow, { tokens, lowestTag, isGuaranteed }: Start): Charge {
    this.#now = Math.max(this.#now, lowestTag);
    const full = tokens / flow.weight;
    // What is guaranteed is no debt beyond one call: the tenant gets its guarantee or its weight's share, what is more.
    const moved = isGuaranteed ? Math.max(0, Math.min(full, this.#now + full - flow.tag)) : full;
    move(flow, flow.tag + moved);
    this.#forget();
    return { flow, tokens, moved };
  }

  /** Forgets tenants that wait for nothing, and whom the others have caught up with. */
  #forget(): void {
    if (this.#flows.size < this.#forgetsAt) return;
    for (const [tenant, flow] of this.#flows) {
      if (flow.waiting === 0 && flow.tag <= this.#now) this.#flows.delete(tenant);
    }
    this.#forgetsAt = Math.max(64, this.#flows.size * 2);
  }
}

/** A call has ended: what it really took counts. */
export function correct({ flow, tokens, moved }: Charge, takenTokens: number): void {
  if (tokens > 0) move(flow, flow.tag + moved * (takenTokens / tokens - 1));
}

function move(flow: FairFlow, tag: number): void {
  flow.tag = tag;
  for (const tell of flow.onMove) tell();
}
