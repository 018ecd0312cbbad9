import type { Queue, QueueAddOptions } from "p-queue";
import { aheadMs, type ClassLine } from "./class-line.ts";
import { ComeAndGo } from "./come-and-go.ts";
import { correct, FairShare } from "./fair-share.ts";
import type { Guarantees } from "./guarantees.ts";
import { LaneLine } from "./lane-line.ts";
import type { LaneForecasts } from "./lane-forecast.ts";
import { byTag, LaneWalk, lookDepth, MergedWalk, type Step, type Walk } from "./line-walk.ts";
import type { Place, Written } from "./place.ts";
import { type Load, Roster } from "./roster.ts";
import type { Tenants } from "./tenants.ts";
import type { Ticket } from "./ticket.ts";
import type { Waiter } from "./waiter.ts";

/** What the line hands to p-queue besides its own options. */
export interface WaitingOptions extends QueueAddOptions {
  readonly waiter: Waiter;
  readonly tokens: number;
  readonly workMs: number;
}

export interface WaitingLineOptions {
  readonly tenants: Tenants;
  readonly guarantees: Guarantees;
  readonly forecasts: LaneForecasts;
  /** Waiting this long counts like one step of priority; above 0. */
  ageingMs: number;
  /** Picks the place that may start now. */
  readonly startable: (walk: Walk, look: number) => Place | undefined;
}

/**
 * The order of the waiting room. Classes of one pool by priority and how long their next call has waited; inside a class
 * tenants by what they have had; one tenant's calls by arrival. p-queue owns the starting; `size` is how many may start
 * now, so `dequeue` always has one.
 */
export class WaitingLine implements Queue<Place["run"], WaitingOptions> {
  readonly #options: WaitingLineOptions;
  readonly #classes = new Map<string, ClassLine>();
  readonly #written = new ComeAndGo<Written>();
  readonly #roster = new Roster();
  #bytes = 0;
  #looks = 0;
  #isStale = false;
  #next: Place | undefined;

  constructor(options: WaitingLineOptions) {
    this.#options = options;
  }

  /** What waits. */
  get load(): Load {
    return { calls: this.#written.size, bytes: this.#bytes };
  }

  /** How many calls wait. */
  get length(): number {
    return this.#written.size;
  }

  get roster(): Roster {
    return this.#roster;
  }

  get size(): number {
    if (this.#isStale) this.#look();
    return this.#next === undefined ? 0 : 1;
  }

  /** Something has changed: who may start must be found anew. */
  touch(): void {
    this.#isStale = true;
  }

  /** Starts the place found last: its tenant is charged. */
  dequeue(): Place["run"] | undefined {
    const place = this.#next;
    if (place === undefined) return undefined;
    this.#charge(place);
    this.leave(place.waiter);
    this.#isStale = true;
    return place.run;
  }

  enqueue(run: Place["run"], options?: Partial<WaitingOptions>): void {
    const { waiter, tokens = 0, workMs = 0 } = options ?? {};
    if (waiter === undefined) throw new TypeError("a waiter is needed to join the line");
    const { ticket } = waiter;
    const place: Place = { waiter, run, tokens, workMs, seenInLook: -1 };
    const lane = this.#laneOf(ticket);
    const inFlow = lane.add(place);
    waiter.written = { place, inFlow, inRoster: this.#roster.add(place), listPlace: -1 };
    this.#written.add(waiter.written);
    this.#bytes += ticket.bytes;
    // Behind so many of its own tenant nobody looks at it yet.
    const isDeep = inFlow.after === undefined && (lane.flows.get(ticket.tenant)?.places.length ?? 0) > lookDepth;
    if (!isDeep) this.#isStale = true;
  }

  /** Whether a call waits here. */
  has(waiter: Waiter): boolean {
    return waiter.written !== undefined;
  }

  /** @returns whether the last look had seen it, so that others may start in its stead. */
  leave(waiter: Waiter): boolean {
    const { ticket, written } = waiter;
    if (written === undefined) return false;
    const { place, inFlow, inRoster } = written;
    waiter.written = undefined;
    this.#written.remove(written);
    this.#roster.remove(inRoster);
    this.#bytes -= ticket.bytes;
    this.#removeFromLane(ticket, inFlow);
    if (this.#next === place) this.#next = undefined;
    if (place.seenInLook === this.#looks) this.#isStale = true;
    return place.seenInLook === this.#looks;
  }

  /** Other targets may be used: what each call takes of them together is another. */
  reassess(workMsOf: (ticket: Ticket) => number): void {
    for (const { place } of this.#written.all()) {
      const { ticket } = place.waiter;
      this.#classes.get(keyOf(ticket))?.lanes.get(ticket.lane)?.reassess(place, workMsOf(ticket));
    }
  }

  filter(): Place["run"][] {
    return this.#written.all().map(({ place }) => place.run);
  }

  setPriority(): void {
    throw new TypeError("the priority of a waiting call is fixed when it joins");
  }

  /**
   * A call that had waited ended, or came back: its tenant pays what it took.
   * @param settledShare - of its hold, 0 up; undefined: as expected.
   */
  ended(ticket: Ticket, settledShare: number | undefined): void {
    const { charged } = ticket;
    if (charged === undefined) return;
    ticket.charged = undefined;
    if (settledShare === undefined) return;
    const takenTokens = charged.held * settledShare;
    correct(charged.charge, takenTokens);
    this.#options.guarantees.note(ticket, takenTokens - charged.charge.tokens);
  }

  /** Milliseconds of work that would start before such a call. */
  aheadMs({ pool, lane, priority, tenant }: Ticket): number {
    const { tenants } = this.#options;
    const asker = { tenant, weight: tenants.weightOf(tenant), guaranteed: tenants.guaranteeOf(tenant) };
    let ms = 0;
    for (const line of this.#classes.values()) {
      const own = line.pool === pool && line.priority >= priority ? line.lanes.get(lane) : undefined;
      if (own === undefined) continue;
      ms += line.priority > priority ? own.workMs * own.forecast.settledShare : aheadMs(line, own, asker);
    }
    return ms;
  }

  #look(): void {
    this.#isStale = false;
    this.#looks += 1;
    this.#next = this.length === 0 ? undefined : this.#options.startable(this.#walk(), this.#looks);
  }

  #walk(): Walk {
    const { guarantees, ageingMs } = this.#options;
    const walks = [...this.#classes.values()].map(({ pool, lanes }) => {
      const isShort = (tenant: string): boolean => guarantees.isShort(pool, tenant);
      return new MergedWalk(
        [...lanes.values()].map((lane) => new LaneWalk(lane, isShort)),
        byTag,
      );
    });
    const rank = ({ place }: Step): number => {
      const { priority, sinceMs } = place.waiter.ticket;
      return priority * ageingMs - sinceMs;
    };
    const isBefore = (one: Step, other: Step): boolean => {
      const difference = rank(one) - rank(other);
      return difference > 0 || (difference === 0 && arrivalOf(one) < arrivalOf(other));
    };
    return new MergedWalk(walks, isBefore);
  }

  #charge({ waiter: { ticket }, tokens: held }: Place): void {
    const { guarantees } = this.#options;
    const line = this.#classes.get(keyOf(ticket));
    const lane = line?.lanes.get(ticket.lane);
    const flow = lane?.flows.get(ticket.tenant);
    if (line === undefined || lane === undefined || flow === undefined) return;
    const tokens = held * lane.forecast.settledShare;
    const isGuaranteed = lane.guaranteed.has(flow) && guarantees.isShort(ticket.pool, ticket.tenant);
    const charge = line.fair.start(flow.fair, { tokens, lowestTag: lane.lowestTag, isGuaranteed });
    ticket.charged = { charge, held };
    guarantees.note(ticket, tokens);
  }

  #laneOf(ticket: Ticket): LaneLine {
    const { tenants, forecasts } = this.#options;
    const { pool, priority } = ticket;
    const key = keyOf(ticket);
    const line = this.#classes.get(key) ?? { pool, priority, fair: new FairShare(), lanes: new Map() };
    this.#classes.set(key, line);
    const known = line.lanes.get(ticket.lane);
    if (known !== undefined) return known;
    const lane = new LaneLine({ fair: line.fair, tenants, forecast: forecasts.of(ticket.lane) });
    line.lanes.set(ticket.lane, lane);
    return lane;
  }

  /** A lane is gone when its last call is, and a class when its last lane is. */
  #removeFromLane(ticket: Ticket, link: Written["inFlow"]): void {
    const key = keyOf(ticket);
    const line = this.#classes.get(key);
    const lane = line?.lanes.get(ticket.lane);
    if (line === undefined || lane === undefined) return;
    lane.remove(link);
    if (!lane.isEmpty) return;
    line.lanes.delete(ticket.lane);
    if (line.lanes.size === 0) this.#classes.delete(key);
  }
}

/** p-queue makes its own queue from a class; this one always gives the line at hand. */
export function queueClassOf(line: WaitingLine, options: WaitingLineOptions): new () => WaitingLine {
  return class extends WaitingLine {
    constructor() {
      super(options);
      return line;
    }
  };
}

function keyOf({ pool, priority }: Ticket): string {
  return `${priority}\n${pool}`;
}

function arrivalOf({ place }: Step): number {
  return place.waiter.ticket.arrival;
}
