import type { QuotaSnapshot } from "../budget/quota-snapshot.ts";
import type { QueueSnapshot } from "./queue-snapshot.ts";

/** The book and the waiting room at one instant, in flat rows. Holds no content and no affinity key. */
export interface RouterSnapshot {
  /** Every minute quota that was ever asked for, in the book's order. */
  readonly quotas: readonly QuotaSnapshot[];
  /** What waits, by class and tenant, calls that are booked ahead among them; the highest class first. */
  readonly queue: readonly QueueSnapshot[];
  /** Calls between reservation and end, those that are booked ahead too. */
  readonly inFlight: number;
}
