import { Chain, type Link } from "./chain.ts";
import type { FairFlow, FairShare } from "./fair-share.ts";
import { type Heaped, IndexedHeap } from "./indexed-heap.ts";
import type { LaneForecast } from "./lane-forecast.ts";
import { arrivedBefore, type Place } from "./place.ts";
import type { Tenants } from "./tenants.ts";

/** One tenant's calls in one lane, by arrival. */
export interface LaneFlow extends Heaped {
  readonly fair: FairFlow;
  readonly places: Chain<Place>;
  /** Tokens that its calls would hold. */
  tokens: number;
  readonly onMove: () => void;
}

export interface LaneLineOptions {
  readonly fair: FairShare;
  readonly tenants: Tenants;
  readonly forecast: LaneForecast;
}

/** The calls of one class in one lane: each tenant's by arrival, the tenants by what they have had. */
export class LaneLine {
  /** Lowest tag first. */
  readonly heap: IndexedHeap<LaneFlow> = new IndexedHeap(isEarlier);
  readonly forecast: LaneForecast;
  readonly #fair: FairShare;
  readonly #tenants: Tenants;
  readonly #flows = new Map<string, LaneFlow>();
  readonly #guaranteed = new Set<LaneFlow>();
  #calls = 0;
  #tokens = 0;
  #workMs = 0;
  #weights = 0;

  constructor({ fair, tenants, forecast }: LaneLineOptions) {
    this.#fair = fair;
    this.#tenants = tenants;
    this.forecast = forecast;
  }

  /** Milliseconds of its quotas that all its calls take, were each to take its whole hold. */
  get workMs(): number {
    return this.#workMs;
  }

  /** What all its calls would hold. */
  get tokens(): number {
    return this.#tokens;
  }

  get calls(): number {
    return this.#calls;
  }

  /** Of the tenants that wait. */
  get weights(): number {
    return this.#weights;
  }

  /** Tenants that wait. */
  get flows(): ReadonlyMap<string, LaneFlow> {
    return this.#flows;
  }

  get isEmpty(): boolean {
    return this.#flows.size === 0;
  }

  /** The lowest tag of those that wait; Infinity when nobody does. */
  get lowestTag(): number {
    return this.heap.first?.fair.tag ?? Number.POSITIVE_INFINITY;
  }

  /** Tenants with a guarantee that wait. */
  get guaranteed(): ReadonlySet<LaneFlow> {
    return this.#guaranteed;
  }

  add(place: Place): Link<Place> {
    const flow = this.#flows.get(place.waiter.ticket.tenant) ?? this.#join(place.waiter.ticket.tenant);
    const link = flow.places.add(place);
    flow.fair.waiting += 1;
    flow.tokens += place.tokens;
    this.#calls += 1;
    this.#tokens += place.tokens;
    this.#workMs += place.workMs;
    if (flow.heapPlace < 0) this.heap.add(flow);
    else if (link.before === undefined) this.heap.moved(flow);
    return link;
  }

  remove(link: Link<Place>): void {
    const place = link.value;
    const flow = this.#flows.get(place.waiter.ticket.tenant);
    if (flow === undefined) return;
    flow.places.remove(link);
    flow.fair.waiting -= 1;
    flow.tokens -= place.tokens;
    this.#calls -= 1;
    this.#tokens -= place.tokens;
    this.#workMs -= place.workMs;
    if (flow.places.length === 0) this.#leave(flow);
    else if (link.before === undefined) this.heap.moved(flow);
  }

  /** A call that waits takes another time than was thought. */
  reassess(place: Place, workMs: number): void {
    this.#workMs += workMs - place.workMs;
    place.workMs = workMs;
  }

  #join(tenant: string): LaneFlow {
    const fair = this.#fair.flowOf(tenant, this.#tenants.weightOf(tenant));
    this.#fair.lift(fair, this.lowestTag);
    const flow: LaneFlow = {
      fair,
      places: new Chain(arrivedBefore),
      tokens: 0,
      heapPlace: -1,
      onMove: () => this.heap.moved(flow),
    };
    fair.onMove.add(flow.onMove);
    this.#flows.set(tenant, flow);
    this.#weights += fair.weight;
    if (this.#tenants.guaranteeOf(tenant) > 0) this.#guaranteed.add(flow);
    return flow;
  }

  #leave(flow: LaneFlow): void {
    this.heap.remove(flow);
    flow.fair.onMove.delete(flow.onMove);
    this.#flows.delete(flow.fair.tenant);
    this.#weights -= flow.fair.weight;
    this.#guaranteed.delete(flow);
  }
}

/** By tag; who came first where tags are equal. */
function isEarlier(one: LaneFlow, other: LaneFlow): boolean {
  if (one.fair.tag !== other.fair.tag) return one.fair.tag < other.fair.tag;
  return arrivalOf(one) < arrivalOf(other);
}

function arrivalOf({ places }: LaneFlow): number {
  return places.first?.value.waiter.ticket.arrival ?? 0;
}
