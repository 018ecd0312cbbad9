import type { Reservation } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import { MemoryLedger } from "../budget/memory-ledger.ts";
import { MemoryLimits } from "../budget/memory-limits.ts";
import type { Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { Starts } from "./asked-book.ts";
import { type Choose, chooserOf } from "./choice.ts";
import type { Place } from "./place.ts";
import type { Ticket } from "./ticket.ts";
import { bestFirst, type Turn } from "./turn.ts";
import { Waiter } from "./waiter.ts";

/** Finds whose turn it is in a line. */
export interface AnyFinder {
  find(
    line: readonly Place[],
    look: number,
    nowMs: number,
  ): { readonly place: Place | undefined; readonly turn: Turn | undefined; readonly againAtMs: number };
  starts(turn: Turn): void;
}

export interface FinderOptions {
  readonly ledger: MemoryLedger;
  readonly limits: Limits;
  readonly random: Random;
  readonly chooser: (starts: Starts) => Choose;
}

/** Time that passes only when told to. */
export type WorldClock = Clock & { advance(ms: number): Promise<void> };

/** One thing that happens. Numbers that name something count round what is there. */
export type WorldEvent =
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "arrives"; readonly tokens: number; readonly from: number; readonly home: number | undefined }
  | { readonly kind: "settles"; readonly which: number; readonly share: number }
  | { readonly kind: "ends"; readonly which: number; readonly how: "release" | "keep" | "throttled" | "day" }
  | { readonly kind: "limit"; readonly which: number; readonly tokens: number }
  | { readonly kind: "blocks"; readonly which: number }
  | { readonly kind: "gives up"; readonly which: number };

const minute = 60_000;

/** Quotas that two targets share, one that has two, and one that has a day quota. */
export const worldTargets: readonly Target[] = [
  targetOf("a", ["a", "a-requests"]),
  targetOf("b", ["b", "b-requests"]),
  targetOf("c", ["a", "c-requests"]),
  targetOf("d", ["d", "d-day"]),
  targetOf("e", ["e"]),
];

const limited = ["a", "b", "d", "e"];

/** For tests: a line of calls, a book and a finder, to which the same things happen in every world. */
export class FinderWorld {
  /** Who started where and when. */
  readonly log: string[] = [];
  readonly #clock: WorldClock;
  readonly #limits = new MemoryLimits();
  readonly #ledger: MemoryLedger;
  readonly #finder: AnyFinder;
  readonly #blocked = new Set<Target>();
  #line: Place[] = [];
  readonly #running: Reservation[] = [];
  #againAtMs = Number.POSITIVE_INFINITY;
  #looks = 0;
  #arrivals = 0;

  constructor(clock: WorldClock, open: (options: FinderOptions) => AnyFinder) {
    this.#clock = clock;
    const limits = this.#limits;
    for (const { key, unit } of worldTargets.flatMap(({ quotas }) => quotas)) {
      limits.set(key, unit === "requests" ? 60 : minute, "config");
    }
    this.#ledger = new MemoryLedger({ limits, clock: this.#clock });
    // Ties go to the first, however often somebody looks.
    const random = (): number => 0.999_999;
    const chooser = chooserOf({ limits, random, waiting: () => this.#line.length });
    this.#finder = open({ ledger: this.#ledger, limits, random, chooser });
  }

  async happens(event: WorldEvent): Promise<void> {
    switch (event.kind) {
      case "time":
        return this.#pass(event.ms);
      case "arrives":
        this.#arrive(event);
        break;
      case "settles":
        this.#take(event.which)?.settle({ tokens: Math.round(minute * 0.1 * event.share), requests: 1 });
        break;
      case "ends":
        end(this.#take(event.which), event.how);
        break;
      case "limit":
        this.#limits.set(limited[event.which % limited.length] ?? "a", event.tokens, "config");
        break;
      case "blocks":
        this.#block(event.which);
        break;
      case "gives up":
        this.#line.splice(event.which % Math.max(1, this.#line.length), 1);
        break;
      default:
        event satisfies never;
    }
    await this.#look();
  }

  async #pass(ms: number): Promise<void> {
    const untilMs = this.#clock.monotonicMs() + ms;
    for (let nowMs = this.#clock.monotonicMs(); nowMs < untilMs; nowMs = this.#clock.monotonicMs()) {
      const nextMs = Math.min(untilMs, Math.max(nowMs + 1, Math.ceil(this.#againAtMs)));
      await this.#clock.advance(nextMs - nowMs);
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    for (;;) {
      this.#looks += 1;
      const nowMs = this.#clock.monotonicMs();
      // How much of what fits is spent is known as of the last time somebody asked, so somebody does in every world.
      this.#ledger.snapshot(nowMs);
      const { place, turn, againAtMs } = this.#finder.find(this.#line, this.#looks, nowMs);
      this.#againAtMs = againAtMs;
      if (place === undefined || turn === undefined) break;
      this.#line = this.#line.filter((other) => other !== place);
      this.#finder.starts(turn);
      const at = `${turn.ticket.id} at ${turn.choice?.candidate.target.id ?? "nothing"} at ${nowMs}`;
      if (turn.choice === undefined) this.log.push(`${at}: never`);
      else {
        const answer = await this.#ledger.reserve(bestFirst(turn, turn.choice.candidate));
        this.log.push(`${at}: ${answer.kind}`);
        if (answer.kind === "reserved") this.#running.push(answer);
      }
    }
  }

  #take(which: number): Reservation | undefined {
    return this.#running.splice(which % Math.max(1, this.#running.length), 1)[0];
  }

  #block(which: number): void {
    const target = worldTargets[which % worldTargets.length];
    if (target !== undefined && !this.#blocked.delete(target)) this.#blocked.add(target);
  }

  #arrive({ tokens, from, home }: Extract<WorldEvent, { kind: "arrives" }>): void {
    this.#arrivals += 1;
    const targets = worldTargets.slice(from);
    const candidates = targets.map((target) => ({ target, cost: { tokens, requests: 1 } }));
    const homeTarget = home === undefined ? undefined : targets[home % targets.length];
    const nowMs = this.#clock.monotonicMs();
    const ticket: Ticket = {
      id: String(this.#arrivals),
      pool: "m",
      lane: "m",
      tenant: "default",
      priority: 0,
      arrival: this.#arrivals,
      sinceMs: nowMs,
      deadlineMs: nowMs + 30_000,
      bytes: 0,
      signal: undefined,
      renew: () => undefined,
      eligible: () => {
        if (this.#blocked.size === 0) return candidates;
        return candidates.filter(({ target }) => !this.#blocked.has(target));
      },
      hasUntried: () => true,
      home: () => homeTarget && { target: homeTarget, prefixTokens: 20_000 },
      cachedTokens: () => 0,
      unblocksInMs: () => (this.#blocked.size === 0 ? Number.POSITIVE_INFINITY : 1_000),
      noneLeft: () => new Error("none left"),
    };
    const run = (): Promise<void> => Promise.resolve();
    this.#line.push({ waiter: new Waiter(ticket), run, tokens, workMs: 0, seenInLook: -1 });
  }
}

function end(reservation: Reservation | undefined, how: "release" | "keep" | "throttled" | "day"): void {
  if (how === "release") reservation?.release();
  else if (how === "keep") reservation?.keep("nobody knows");
  else reservation?.throttled({ scope: how === "day" ? "tokens-per-day" : "tokens-per-minute" });
}

function targetOf(id: string, keys: readonly string[]): Target {
  return {
    id,
    accountId: id.repeat(12),
    region: "us-east-1",
    endpoint: "runtime",
    modelId: "m",
    destinationRegions: undefined,
    weight: 1,
    quotas: keys.map((key) => ({
      key,
      unit: key.includes("requests") ? "requests" : "tokens",
      windowMs: key.includes("day") ? 86_400_000 : minute,
    })),
  };
}
