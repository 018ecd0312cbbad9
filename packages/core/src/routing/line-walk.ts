import type { Link } from "./chain.ts";
import type { LaneFlow, LaneLine } from "./lane-line.ts";
import type { Place } from "./place.ts";

/** How many calls of a lane are looked at, in order, for one that may start. */
export const lookDepth = 16;

/** A place and the tag it would start at. */
export interface Step {
  readonly tag: number;
  readonly place: Place;
}

interface Ahead extends Step {
  readonly flow: LaneFlow;
  readonly link: Link<Place>;
  /** Of a tenant not walked into yet; -1: of one that was. */
  readonly heapPlace: number;
}

/** Walks in order, from best to worst; changes nothing. */
export interface Walk {
  /** Undefined: at the end. */
  readonly current: Step | undefined;
  advance(): void;
}

/** One lane in the order its calls would start: guarantees first, then by tag, as if each had taken its expected tokens. */
export class LaneWalk implements Walk {
  readonly #lane: LaneLine;
  readonly #settledShare: number;
  /** The first of these flows go before all others. */
  readonly #short: readonly LaneFlow[];
  #shortAt = 0;
  readonly #ahead: Ahead[] = [];
  #left = lookDepth;
  #current: Step | undefined;

  /** @param isShort - whether a tenant is below its guarantee. */
  constructor(lane: LaneLine, isShort: (tenant: string) => boolean) {
    this.#lane = lane;
    this.#settledShare = lane.forecast.settledShare;
    this.#short = lane.guaranteed.size === 0 ? none : [...lane.guaranteed].filter(({ fair }) => isShort(fair.tenant));
    this.#enter(0);
    this.#current = this.#next();
  }

  get current(): Step | undefined {
    return this.#current;
  }

  advance(): void {
    this.#left -= 1;
    this.#current = this.#left > 0 ? this.#next() : undefined;
  }

  #next(): Step | undefined {
    const short = this.#short[this.#shortAt]?.places.first;
    this.#shortAt += 1;
    if (short !== undefined) return { tag: Number.NEGATIVE_INFINITY, place: short.value };
    for (let step = this.#take(); step !== undefined; step = this.#take()) {
      const wasFirst = step.heapPlace >= 0 && this.#short.includes(step.flow);
      if (!wasFirst) return step;
    }
    return undefined;
  }

  /** The earliest step ahead; what comes after it is put in its stead. */
  #take(): Ahead | undefined {
    const place = earliest(this.#ahead);
    const step = this.#ahead[place];
    if (step === undefined) return undefined;
    const last = this.#ahead.pop();
    if (last !== undefined && last !== step) this.#ahead[place] = last;
    if (step.heapPlace >= 0) {
      this.#enter(2 * step.heapPlace + 1);
      this.#enter(2 * step.heapPlace + 2);
    }
    const { flow, link, tag } = step;
    if (link.after !== undefined) {
      const took = (link.value.tokens * this.#settledShare) / flow.fair.weight;
      this.#ahead.push({ tag: tag + took, place: link.after.value, flow, link: link.after, heapPlace: -1 });
    }
    return step;
  }

  #enter(heapPlace: number): void {
    const flow = this.#lane.heap.at(heapPlace);
    const link = flow?.places.first;
    if (flow === undefined || link === undefined) return;
    this.#ahead.push({ tag: flow.fair.tag, place: link.value, flow, link, heapPlace });
  }
}

const none: readonly LaneFlow[] = [];

/** Several walks as one, each in its own order, by what comes first of each. */
export class MergedWalk implements Walk {
  readonly #walks: readonly Walk[];
  readonly #isBefore: (one: Step, other: Step) => boolean;
  #first: Walk | undefined;

  constructor(walks: readonly Walk[], isBefore: (one: Step, other: Step) => boolean) {
    this.#walks = walks;
    this.#isBefore = isBefore;
    this.#first = this.#firstOf();
  }

  get current(): Step | undefined {
    return this.#first?.current;
  }

  advance(): void {
    this.#first?.advance();
    this.#first = this.#firstOf();
  }

  #firstOf(): Walk | undefined {
    if (this.#walks.length === 1) return this.#walks[0];
    let first: Walk | undefined;
    for (const walk of this.#walks) {
      if (walk.current === undefined) continue;
      if (first?.current === undefined || this.#isBefore(walk.current, first.current)) first = walk;
    }
    return first;
  }
}

/** By tag; who came first where tags are equal. */
export function byTag(one: Step, other: Step): boolean {
  if (one.tag !== other.tag) return one.tag < other.tag;
  return one.place.waiter.ticket.arrival < other.place.waiter.ticket.arrival;
}

function earliest(steps: readonly Step[]): number {
  let earliestAt = 0;
  for (let at = 1; at < steps.length; at += 1) {
    const [step, best] = [steps[at], steps[earliestAt]];
    if (step !== undefined && best !== undefined && byTag(step, best)) earliestAt = at;
  }
  return earliestAt;
}
