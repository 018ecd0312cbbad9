import type { Finish } from "./finish.ts";

/** Tokens one call used, as AWS reported them: whole numbers, 0 or more. `inputTokens` leaves cached ones out. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadInputTokens: number;
  readonly cacheWriteInputTokens: number;
}

/** What an answer says of its usage. `invalid`: it says something that cannot be, and the hold is kept. */
export type UsageReading =
  | {
      readonly kind: "reported";
      readonly usage: Usage;
      /** Undefined: the answer did not say. */
      readonly finish?: Finish;
    }
  | { readonly kind: "missing" }
  | { readonly kind: "invalid" };

/** Counts as they came, unchecked. `input` leaves cached ones out. */
export type TokenCounts = Readonly<Record<"input" | "output" | "cacheRead" | "cacheWrite", unknown>>;

/** Nothing was said. */
export const noCounts: TokenCounts = {
  input: undefined,
  output: undefined,
  cacheRead: undefined,
  cacheWrite: undefined,
};

/** Something was said that holds no counts where they belong. */
export const unreadableCounts: TokenCounts = { ...noCounts, input: Number.NaN, output: Number.NaN };

/** No context window sold comes near this; a call of more tokens is a fault and must not enter the book. */
export const mostTokens = 20_000_000;

/**
 * Takes counts for true or not at all: the SDK passes NaN, negative numbers, fractions and text through as they came.
 * A cache count that did not come is 0; without an input or an output count nothing was reported.
 */
export function readCounts(counts: TokenCounts): UsageReading {
  const { input, output, cacheRead, cacheWrite } = counts;
  if (![input, output, cacheRead, cacheWrite].every((count) => isUnsaid(count) || isCount(count))) {
    return { kind: "invalid" };
  }
  if (!isCount(input) || !isCount(output)) return { kind: "missing" };
  const usage: Usage = {
    inputTokens: input,
    outputTokens: output,
    cacheReadInputTokens: isCount(cacheRead) ? cacheRead : 0,
    cacheWriteInputTokens: isCount(cacheWrite) ? cacheWrite : 0,
  };
  const total = Object.values(usage).reduce((sum, count) => sum + count, 0);
  return total <= mostTokens ? { kind: "reported", usage } : { kind: "invalid" };
}

/** Streams report in several events, each count growing: the last one said counts. */
export function laterCounts(earlier: TokenCounts, later: TokenCounts): TokenCounts {
  return {
    input: later.input ?? earlier.input,
    output: later.output ?? earlier.output,
    cacheRead: later.cacheRead ?? earlier.cacheRead,
    cacheWrite: later.cacheWrite ?? earlier.cacheWrite,
  };
}

/** A whole number of tokens that one call can have. */
export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= mostTokens;
}

/** Providers write a count they do not have as null. */
export function isUnsaid(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Something was said, right or wrong. */
export function isSaid(counts: TokenCounts): boolean {
  return !Object.values(counts).every(isUnsaid);
}
