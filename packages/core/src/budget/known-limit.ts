import { habit } from "./habit.ts";

/** What is known of one quota's limit, but for how AWS counts. Shares are of the published limit; times µs of the book's clock. */
export interface KnownLimit {
  /** The limit as a share of what AWS publishes and others leave, above 0. */
  readonly share: number;
  /** Names what is believed; greater than of all beliefs before. */
  readonly belief: number;
  readonly isCautious: boolean;
  /** Bucket level up to which calls may start at once, as a share of the limit. */
  readonly burst: number;
  /** How long the book is cautious at least. */
  readonly patienceUs: number;
  readonly believedSinceUs: number;
  /** How often AWS has answered what it was asked for on purpose, and when last. */
  readonly confirmations: number;
  readonly answeredAtUs: number;
  /** Share of the limit that a window may hold; above 1 while more is asked for. */
  readonly limit: number;
  readonly reconsiderations: number;
  readonly refusedAtUs: number;
  readonly strayAtUs: number;
  /** When AWS last refused what had not been asked on purpose. */
  readonly surprisedAtUs: number;
  /** When others were found to use the quota too; left out: nobody does, as far as is known. */
  readonly foundAtUs?: number;
}

export function knownAtFirst(windowUs: number): KnownLimit {
  return {
    share: 1,
    belief: 0,
    isCautious: true,
    burst: habit.burst,
    patienceUs: windowUs * habit.firstPatience,
    believedSinceUs: 0,
    confirmations: 0,
    answeredAtUs: Number.NEGATIVE_INFINITY,
    limit: 1,
    reconsiderations: 0,
    refusedAtUs: Number.NEGATIVE_INFINITY,
    strayAtUs: Number.NEGATIVE_INFINITY,
    surprisedAtUs: Number.NEGATIVE_INFINITY,
  };
}

/** What is known once another limit is believed. */
export function knownAnew({ belief }: KnownLimit, windowUs: number, nowUs: number): Partial<KnownLimit> {
  return {
    // No two that share a book begin to believe at the same time.
    belief: Math.max(belief + 1, nowUs),
    burst: habit.burst,
    patienceUs: windowUs * habit.patience,
    believedSinceUs: nowUs,
    confirmations: 0,
    limit: 1,
  };
}
