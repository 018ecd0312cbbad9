import type { AdmissionBounds } from "./admission-options.ts";
import type { Refusals } from "./refusals.ts";
import type { Ticket } from "./ticket.ts";
import type { Waiter } from "./waiter.ts";
import type { WaitingLine } from "./waiting-line.ts";

export interface EntranceOptions {
  readonly line: WaitingLine;
  readonly refusals: Refusals;
  /** Ends the waiting of a call that has to go. */
  readonly shed: (waiter: Waiter, reason: unknown) => void;
}

/** Says who may wait. */
export class Entrance {
  readonly #options: EntranceOptions;

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  /**
   * Sheds calls of lower classes where a bound says so.
   * @param isReturning - true: it had started before, so nobody of its tenant who came later is ahead of it.
   * @throws {NoCapacityError} when the call may not even wait.
   */
  makeRoom(ticket: Ticket, { maxQueued, maxQueuedBytes }: AdmissionBounds, isReturning: boolean): void {
    const { line, refusals, shed } = this.#options;
    const { calls, bytes } = line.load;
    const below = line.roster.below(ticket.priority);
    const aheadMs = isReturning ? 0 : line.aheadMs(ticket);
    const isFull = calls - below.calls + 1 > maxQueued || bytes - below.bytes + ticket.bytes > maxQueuedBytes;
    const full = `waiting room full with ${calls} calls, ${bytes} bytes`;
    if (isFull) throw refusals.noCapacity(full, ticket, { aheadMs });
    const tooLate = refusals.tooLate(ticket, aheadMs);
    if (tooLate !== undefined) throw tooLate;
    while (line.length + 1 > maxQueued || line.load.bytes + ticket.bytes > maxQueuedBytes) {
      const lowest = line.roster.lowest()?.waiter;
      if (lowest === undefined) return;
      const reason = `shed for a call of priority ${ticket.priority}, ${full}`;
      shed(lowest, refusals.noCapacity(reason, lowest.ticket, { aheadMs: line.aheadMs(lowest.ticket) }));
    }
  }
}
