import type { Reservation } from "../budget/ledger.ts";
import type { Clock } from "../clock.ts";
import type { QueueSnapshot } from "./queue-snapshot.ts";
import { sharedTokens } from "./ticket.ts";
import type { Waiter } from "./waiter.ts";

/** A call that has room, but not yet. */
interface Ahead {
  readonly waiter: Waiter;
  readonly reservation: Reservation;
  /** What it holds, as tenants share it. */
  readonly tokens: number;
  timer: Disposable | undefined;
}

/** Whether a call may not be sent yet. */
export function isAhead({ startsInMs = 0 }: Reservation): boolean {
  return startsInMs > 0;
}

/** Calls that are booked ahead: each waits here until its time has come, in the one waiting room, with its place in flight. */
export class BookedAhead {
  readonly #clock: Clock;
  readonly #start: (waiter: Waiter, reservation: Reservation) => void;
  readonly #byWaiter = new Map<Waiter, Ahead>();

  /** @param start - called when a call may be sent; then it is not here any more. */
  constructor(clock: Clock, start: (waiter: Waiter, reservation: Reservation) => void) {
    this.#clock = clock;
    this.#start = start;
  }

  /** @param startMs - on `monotonicMs`: not sent before. */
  add(waiter: Waiter, reservation: Reservation, startMs: number): void {
    const { target } = reservation;
    const candidate = waiter.ticket.eligible().find((each) => each.target === target);
    const ahead: Ahead = { waiter, reservation, tokens: sharedTokens(candidate?.cost), timer: undefined };
    this.#byWaiter.set(waiter, ahead);
    this.#setTimer(ahead, startMs);
  }

  /** It is not waited for any more. @returns what it had booked; undefined: it is not here. */
  take(waiter: Waiter): Reservation | undefined {
    const ahead = this.#byWaiter.get(waiter);
    this.#byWaiter.delete(waiter);
    ahead?.timer?.[Symbol.dispose]();
    return ahead?.reservation;
  }

  /** Those whose target may not take them any more; they are not waited for here. */
  takeAstray(): readonly Pick<Ahead, "waiter" | "reservation">[] {
    const astray = [...this.#byWaiter.values()].filter(({ waiter, reservation: { target } }) =>
      waiter.ticket.eligible().every((candidate) => candidate.target !== target),
    );
    for (const { waiter } of astray) this.take(waiter);
    return astray;
  }

  /** Adds those here to who waits in the line. */
  addTo(rows: readonly QueueSnapshot[], nowMs: number): readonly QueueSnapshot[] {
    if (this.#byWaiter.size === 0) return rows;
    const all = new Map(rows.map((row) => [keyOf(row), row]));
    for (const { waiter, tokens } of this.#byWaiter.values()) {
      const { priority, tenant, sinceMs } = waiter.ticket;
      const row = all.get(keyOf({ priority, tenant })) ?? { priority, tenant, calls: 0, tokens: 0, oldestMs: 0 };
      const oldestMs = Math.max(row.oldestMs, nowMs - sinceMs);
      all.set(keyOf(row), { ...row, calls: row.calls + 1, tokens: row.tokens + tokens, oldestMs });
    }
    return [...all.values()].sort(
      (one, other) => other.priority - one.priority || (one.tenant < other.tenant ? -1 : 1),
    );
  }

  /** Timers may ring a fraction of a millisecond early; AWS would count that as too soon. */
  #setTimer(ahead: Ahead, startMs: number): void {
    const leftMs = startMs - this.#clock.monotonicMs();
    // Somebody awaits these calls, even when nothing else keeps the process alive.
    ahead.timer = this.#clock.timer(
      Math.ceil(leftMs),
      () => {
        if (startMs > this.#clock.monotonicMs()) return this.#setTimer(ahead, startMs);
        this.#byWaiter.delete(ahead.waiter);
        this.#start(ahead.waiter, ahead.reservation);
      },
      true,
    );
  }
}

function keyOf({ priority, tenant }: Pick<QueueSnapshot, "priority" | "tenant">): string {
  return `${priority}\n${tenant}`;
}
