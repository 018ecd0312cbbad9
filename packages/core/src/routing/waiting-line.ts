import type { Queue, QueueAddOptions } from "p-queue";
import type { Ticket } from "./ticket.ts";

/** What the line hands to p-queue besides its own options. */
export interface WaitingOptions extends QueueAddOptions {
  readonly ticket: Ticket;
}

type Run = () => Promise<unknown>;
interface Place {
  readonly ticket: Ticket;
  readonly run: Run;
}

/**
 * The order of the waiting room: by priority, then by arrival, in one lane per set of competing calls. p-queue owns the
 * starting; `size` is how many may start now, so `dequeue` always has one.
 */
export class WaitingLine implements Queue<Run, WaitingOptions> {
  /** Places by lane, best first. A lane is gone when its last place is. */
  readonly #lanes = new Map<string, Place[]>();
  readonly #laneOfId = new Map<string, string>();
  /** Picks, among the first of each lane, the one that may start now. */
  readonly #startable: (heads: readonly Ticket[]) => Ticket | undefined;
  #next: Ticket | undefined;

  constructor(startable: (heads: readonly Ticket[]) => Ticket | undefined) {
    this.#startable = startable;
  }

  /** How many calls wait. */
  get length(): number {
    return this.#laneOfId.size;
  }

  get size(): number {
    this.#next = this.length === 0 ? undefined : this.#startable(this.#heads());
    return this.#next === undefined ? 0 : 1;
  }

  dequeue(): Run | undefined {
    const next = this.#next;
    if (next === undefined) return undefined;
    const place = this.#lanes.get(next.lane)?.find(({ ticket }) => ticket === next);
    this.remove(next.id);
    return place?.run;
  }

  enqueue(run: Run, options?: Partial<WaitingOptions>): void {
    const ticket = options?.ticket;
    if (ticket === undefined) throw new TypeError("a ticket is needed to join the line");
    const places = this.#lanes.get(ticket.lane) ?? [];
    places.splice(firstAfter(places, ticket), 0, { ticket, run });
    this.#lanes.set(ticket.lane, places);
    this.#laneOfId.set(ticket.id, ticket.lane);
  }

  remove(id: string): void {
    const lane = this.#laneOfId.get(id);
    if (lane === undefined) return;
    this.#laneOfId.delete(id);
    const places = this.#lanes.get(lane) ?? [];
    if (places[0]?.ticket.id === id) places.shift();
    else
      places.splice(
        places.findIndex(({ ticket }) => ticket.id === id),
        1,
      );
    if (places.length === 0) this.#lanes.delete(lane);
  }

  filter(): Run[] {
    return [...this.#lanes.values()].flatMap((places) => places.map(({ run }) => run));
  }

  setPriority(): void {
    throw new TypeError("the priority of a waiting call is fixed when it joins");
  }

  #heads(): Ticket[] {
    const heads: Ticket[] = [];
    for (const [first] of this.#lanes.values()) if (first !== undefined) heads.push(first.ticket);
    return heads.length > 1 ? heads.sort(inOrder) : heads;
  }
}

/** p-queue makes its own queue from a class; this one always gives the line at hand. */
export function queueClassOf(line: WaitingLine): new () => WaitingLine {
  return class extends WaitingLine {
    constructor() {
      super(() => undefined);
      return line;
    }
  };
}

function inOrder(one: Ticket, other: Ticket): number {
  return other.priority - one.priority || one.arrival - other.arrival;
}

/** Where a ticket belongs, by binary search. */
function firstAfter(places: readonly Place[], ticket: Ticket): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && inOrder(place.ticket, ticket) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
