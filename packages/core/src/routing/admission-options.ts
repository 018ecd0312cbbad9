import type { Ledger } from "../budget/ledger.ts";
import type { Limits } from "../budget/limits.ts";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { Tenants } from "./tenants.ts";

/** Bounds of the waiting room. */
export interface AdmissionBounds {
  /** Calls between reservation and end; 1 or more. */
  readonly maxInFlight: number;
  /** Calls that may wait. */
  readonly maxQueued: number;
  /** Bytes that waiting calls may hold together. */
  readonly maxQueuedBytes: number;
}

export interface AdmissionOptions {
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  readonly bounds: AdmissionBounds;
  readonly tenants: Tenants;
  /** Waiting this long counts like one step of priority, in ms; above 0. */
  readonly ageingMs: number;
}

/** How a call with a reservation has ended. */
export interface Departure {
  /** What it took of its hold, 0 up; undefined when unknown. */
  readonly settledShare: number | undefined;
  /** AWS did no work for it: it was refused, or never sent. */
  readonly isUnserved: boolean;
}
