import type { Reservation } from "../budget/ledger.ts";
import { MemoryLimits } from "../budget/memory-limits.ts";
import type { Candidate, Target } from "../budget/target.ts";
import type { Clock } from "../clock.ts";
import { seededRandom } from "../random.ts";
import { Admission } from "./admission.ts";
import { StaleLedger } from "./stale-ledger.test.kit.ts";
import { Tenants } from "./tenants.ts";
import type { Ticket } from "./ticket.ts";

/** For tests: a target with a quota of 60 000 tokens a minute of its own. */
export function targetOf(id: string): Target {
  return {
    id,
    accountId: id.repeat(12),
    region: "us-east-1",
    endpoint: "runtime",
    modelId: "m",
    destinationRegions: undefined,
    weight: 1,
    quotas: [{ key: id, unit: "tokens", windowMs: 60_000 }],
  };
}

/** For tests: what differs about a call; 1 000 tokens at target `a` unless told. */
export type TicketChange = Partial<Ticket> & { readonly tokens?: number; readonly targets?: readonly Target[] };

/** For tests: a waiting room over a book whose quotes may be wrong. */
export class WaitingRoom {
  readonly clock: Clock;
  readonly ledger: StaleLedger;
  readonly admission: Admission;
  /** What became of each call, by its name, in the order it did. */
  readonly log: string[] = [];
  #arrivals = 0;

  constructor(clock: Clock, maxInFlight = 1_000) {
    const limits = new MemoryLimits();
    for (const id of ["a", "b", "c", "d"]) limits.set(id, 60_000, "config");
    this.clock = clock;
    this.ledger = new StaleLedger(() => clock.monotonicMs());
    this.admission = new Admission({
      ledger: this.ledger,
      limits,
      clock,
      random: seededRandom(1),
      bounds: { maxInFlight, maxQueued: 10_000, maxQueuedBytes: 1e9 },
      tenants: new Tenants(),
      ageingMs: 10_000,
    });
  }

  /** Admits a call and notes when it starts, or why not. */
  async admit(name: string, change: TicketChange = {}, isReturning = false): Promise<Reservation | undefined> {
    try {
      const reservation = await this.admission.admit(this.#ticket(change), isReturning);
      this.log.push(`${name} starts at ${this.clock.monotonicMs()}`);
      return reservation;
    } catch (error) {
      this.log.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  #ticket({ tokens = 1_000, targets = [targetOf("a")], ...change }: TicketChange): Ticket {
    this.#arrivals += 1;
    const candidates: readonly Candidate[] = targets.map((target) => ({ target, cost: { requests: 1, tokens } }));
    const nowMs = this.clock.monotonicMs();
    return {
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
      eligible: () => candidates,
      hasUntried: () => true,
      home: () => undefined,
      cachedTokens: () => 0,
      unblocksInMs: () => Number.POSITIVE_INFINITY,
      noneLeft: () => new Error("none left"),
      ...change,
    };
  }
}
