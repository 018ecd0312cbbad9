/** Who decides when a call may start: this library with one book in Redis or in memory, and what people use today. */
export type Contender = "shared" | "memory" | LimitedContender;

/** By the minute, as their READMEs do it, or by an eighth of one. */
export type LimitedContender =
  "bottleneck" | "bottleneck, eighths" | "rate-limiter-flexible" | "rate-limiter-flexible, eighths";

/** What one process of a fleet is told. */
export interface FleetProcessOptions {
  readonly process: string;
  readonly contender: Contender;
  readonly processes: number;
  /** Where the store is. */
  readonly port: number;
  readonly seed: number;
  /** Offered tokens, as a multiple of all quotas. */
  readonly load: number;
  readonly forMs: number;
  readonly windowMs: number;
  /** Where to write down what the book is asked; undefined: nowhere. */
  readonly file?: string;
}

export type ToFleet = { readonly to: "fleet"; readonly kind: "go" | "leave" };

export type FromFleet =
  | { readonly from: "fleet"; readonly kind: "ready" }
  | ({ readonly from: "fleet"; readonly kind: "done" } & ProcessResult);

/** What one process saw. */
export interface ProcessResult {
  readonly refused: number;
  /** Calls that ended in something else than an answer or no room. */
  readonly failed: number;
  /** Longest time the process did nothing although it could have, in ms. */
  readonly lagMs: number;
}
