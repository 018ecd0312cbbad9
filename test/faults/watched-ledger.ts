import type {
  Candidate,
  Clock,
  Cost,
  Ledger,
  Limits,
  Quote,
  QuotaSnapshot,
  Refusal,
  Reservation,
  Shifts,
  Target,
} from "@shardrock/core";
import type { Booking, Trace } from "./world.ts";

export interface WatchedLedgerOptions {
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly trace: Trace;
}

/** A ledger that writes down what it is asked and what it answers, and looks at its own law at every booking. */
export class WatchedLedger implements Ledger {
  readonly #ledger: Ledger;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #trace: Trace;
  #orders = 0;

  constructor({ ledger, limits, clock, trace }: WatchedLedgerOptions) {
    this.#ledger = ledger;
    this.#limits = limits;
    this.#clock = clock;
    this.#trace = trace;
  }

  get isExact(): boolean {
    return this.#ledger.isExact === true;
  }

  get shifts(): Shifts | undefined {
    return this.#ledger.shifts;
  }

  startsInMs(candidate: Candidate, nowMs: number): number {
    return this.#ledger.startsInMs(candidate, nowMs);
  }

  quote(candidate: Candidate, nowMs: number): Quote {
    return this.#ledger.quote(candidate, nowMs);
  }

  onGiveBack(listener: () => void): Disposable {
    return this.#ledger.onGiveBack(listener);
  }

  settledByMinute(key: string): ReadonlyMap<number, number> {
    return this.#ledger.settledByMinute(key);
  }

  snapshot(nowMs: number): readonly QuotaSnapshot[] {
    return this.#ledger.snapshot(nowMs);
  }

  async reserve(candidates: readonly Candidate[], signal?: AbortSignal): Promise<Reservation | Refusal> {
    this.#believes(candidates.map(({ target }) => target));
    const answer = await this.#ledger.reserve(candidates, signal);
    if (answer.kind === "refused") return answer;
    const cost = candidates.find(({ target }) => target === answer.target)?.cost ?? {};
    const atMs = this.#nowMs();
    const booking: Booking = {
      cost,
      target: answer.target,
      atMs,
      order: this.#orders++,
      endings: [],
      reservation: answer,
    };
    this.#trace.bookings.push(booking);
    for (const quota of this.#believes([answer.target])) this.#checkWindow(quota, booking);
    return this.#watched(booking);
  }

  /** Looks at every page. */
  look(): void {
    for (const quota of this.#ledger.snapshot(this.#nowMs())) this.#check(quota);
  }

  #believes(targets: readonly Target[]): readonly QuotaSnapshot[] {
    const keys = new Set(targets.flatMap(({ quotas }) => quotas.map(({ key }) => key)));
    const own = this.#ledger.snapshot(this.#nowMs()).filter(({ key }) => keys.has(key));
    for (const page of own) {
      this.#check(page);
      const { key, limit, learnedLimit } = page;
      // A burst as large as the limit is shown for more too: of a large bucket, or where the window alone counts.
      const burst = page.burst < learnedLimit && !isWindow(page) ? page.burst : Number.POSITIVE_INFINITY;
      this.#trace.beliefs.push({ key, order: this.#orders++, limit: Math.max(limit, learnedLimit), burst });
    }
    return own;
  }

  #check({ key, limit, booked, open, free }: QuotaSnapshot): void {
    const isSane = [booked, open, free].every((amount) => Number.isFinite(amount) && amount >= -1e-6);
    if (!isSane) this.#trace.complaints.push(`I6: ${key} shows booked ${booked}, open ${open}, free ${free}`);
    const told = this.#limits.get(key)?.value ?? 0;
    if (limit !== told) this.#trace.complaints.push(`I2: ${key} goes by a limit of ${limit}, it is ${told}`);
  }

  /**
   * As long as it is not known how AWS counts, no window holds more than the limit; shortfalls aside, and so is a call
   * that was let in to wait before the limit was lowered under it: it goes alone.
   */
  #checkWindow({ key, unit, windowMs, enforcement, limit, learnedLimit }: QuotaSnapshot, newest: Booking): void {
    if (enforcement !== "unknown" || !isCharged(newest, key)) return;
    const sinceMs = newest.atMs - windowMs;
    let booked = 0;
    for (const booking of this.#trace.bookings) {
      if (booking.atMs <= sinceMs || !isCharged(booking, key)) continue;
      const held = booking.cost[unit] ?? 0;
      booked += Math.min(held, standsAt(booking, unit));
    }
    const most = Math.max(limit, learnedLimit, newest.cost[unit] ?? 0);
    if (booked > most + 1e-6) this.#trace.complaints.push(`I2: ${key} holds ${booked} of ${most} in one window`);
  }

  #watched(booking: Booking): Reservation {
    const { reservation, endings, target } = booking;
    const end = (kind: Booking["endings"][number]["kind"], act: () => void, actual?: Cost): void => {
      this.#believes([target]);
      endings.push({ kind, atMs: this.#nowMs(), order: this.#orders++, actual });
      act();
      this.#believes([target]);
    };
    return {
      kind: "reserved",
      target,
      settle: (actual) => end("settle", () => reservation.settle(actual), actual),
      release: () => end("release", () => reservation.release()),
      keep: (reason) => end("keep", () => reservation.keep(reason)),
      throttled: (evidence) => end("throttled", () => reservation.throttled(evidence)),
    };
  }

  #nowMs(): number {
    return this.#clock.monotonicMs();
  }
}

function isWindow({ enforcement }: QuotaSnapshot): boolean {
  return enforcement !== "unknown" && enforcement !== "bucket";
}

export function isCharged({ target }: Booking, key: string): boolean {
  return target.quotas.some((quota) => quota.key === key);
}

/** What a booking stands at after its first ending. */
export function standsAt({ cost, endings: [first] }: Booking, unit: QuotaSnapshot["unit"]): number {
  const held = cost[unit] ?? 0;
  if (first === undefined || first.kind === "keep") return held;
  if (first.kind === "release" || first.kind === "throttled") return 0;
  const actual = first.actual?.[unit];
  return typeof actual === "number" && Number.isFinite(actual) && actual >= 0 ? actual : held;
}
