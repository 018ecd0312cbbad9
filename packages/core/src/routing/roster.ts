import { Chain, type Link } from "./chain.ts";
import { type Heaped, IndexedHeap } from "./indexed-heap.ts";
import { arrivedBefore, type Place } from "./place.ts";
import type { QueueSnapshot } from "./queue-snapshot.ts";

/** One tenant's waiting calls of one class. */
interface TenantCalls extends Heaped {
  readonly tenant: string;
  readonly places: Chain<Place>;
  tokens: number;
}

interface ClassCalls {
  readonly tenants: Map<string, TenantCalls>;
  /** Most calls first. */
  readonly byCalls: IndexedHeap<TenantCalls>;
  calls: number;
  bytes: number;
}

/** Calls and bytes. */
export interface Load {
  readonly calls: number;
  readonly bytes: number;
}

/** Who waits, by class and tenant, over all pools: what is shed first, and what a snapshot tells. */
export class Roster {
  readonly #classes = new Map<number, ClassCalls>();

  add(place: Place): Link<Place> {
    const { priority, tenant, bytes } = place.waiter.ticket;
    const calls = this.#classes.get(priority) ?? this.#open(priority);
    calls.calls += 1;
    calls.bytes += bytes;
    const own = calls.tenants.get(tenant) ?? join(calls, tenant);
    own.tokens += place.tokens;
    const link = own.places.add(place);
    calls.byCalls.moved(own);
    return link;
  }

  remove(link: Link<Place>): void {
    const { priority, tenant, bytes } = link.value.waiter.ticket;
    const calls = this.#classes.get(priority);
    const own = calls?.tenants.get(tenant);
    if (calls === undefined || own === undefined) return;
    calls.calls -= 1;
    calls.bytes -= bytes;
    own.tokens -= link.value.tokens;
    own.places.remove(link);
    if (own.places.length > 0) return calls.byCalls.moved(own);
    calls.byCalls.remove(own);
    calls.tenants.delete(tenant);
    if (calls.calls === 0) this.#classes.delete(priority);
  }

  /** What waits in classes below this one. */
  below(priority: number): Load {
    let [calls, bytes] = [0, 0];
    for (const [other, load] of this.#classes) {
      if (other >= priority) continue;
      calls += load.calls;
      bytes += load.bytes;
    }
    return { calls, bytes };
  }

  /** Whom to shed: the youngest call of the lowest class, of the tenant that has most waiting there. */
  lowest(): Place | undefined {
    let lowest = Number.POSITIVE_INFINITY;
    for (const priority of this.#classes.keys()) lowest = Math.min(lowest, priority);
    return this.#classes.get(lowest)?.byCalls.first?.places.last?.value;
  }

  /** The highest class first; tenants by their name. */
  snapshot(nowMs: number): readonly QueueSnapshot[] {
    const rows: QueueSnapshot[] = [];
    for (const [priority, { tenants }] of this.#classes) {
      for (const { tenant, places, tokens } of tenants.values()) {
        const sinceMs = places.first?.value.waiter.ticket.sinceMs ?? nowMs;
        rows.push({ priority, tenant, calls: places.length, tokens, oldestMs: nowMs - sinceMs });
      }
    }
    return rows.sort((one, other) => other.priority - one.priority || (one.tenant < other.tenant ? -1 : 1));
  }

  #open(priority: number): ClassCalls {
    const byCalls = new IndexedHeap<TenantCalls>((one, other) => one.places.length > other.places.length);
    const calls: ClassCalls = { tenants: new Map(), byCalls, calls: 0, bytes: 0 };
    this.#classes.set(priority, calls);
    return calls;
  }
}

function join({ tenants, byCalls }: ClassCalls, tenant: string): TenantCalls {
  const own: TenantCalls = { tenant, places: new Chain(arrivedBefore), tokens: 0, heapPlace: -1 };
  tenants.set(tenant, own);
  byCalls.add(own);
  return own;
}
