import { Histogram } from "./histogram.ts";
import type { SimulationCost } from "./speed-run.ts";
import type { Counts, Tally } from "./tally.ts";

/** What one stream, or all together, showed in one phase. Shares run 0 to 1. */
export interface PhaseResult {
  /** Tokens charged per minute, as a share of the summed quotas. */
  readonly goodput: number;
  /** The same of calls, where requests have quotas; 0 where they have none. */
  readonly requestGoodput: number;
  /** The same with what came out of the provider's cache. */
  readonly carried: number;
  /** Share of attempts answered 429 by a minute quota. */
  readonly throttled: number;
  /** Attempts answered 429 for the day. */
  readonly throttledForDay: number;
  /** Share of the calls that ended which were served. */
  readonly served: number;
  readonly attempts: number;
  readonly refused: number;
  /** Of those refused, with a time that is marked as an estimate. */
  readonly refusedEstimated: number;
  /** Share of all tokens that came out of the provider's cache. */
  readonly cacheReads: number;
  readonly waitP50Ms: number;
  readonly waitP99Ms: number;
  readonly waitMaxMs: number;
}

/** What a run showed. */
export interface RunResult {
  readonly learning: PhaseResult;
  readonly after: PhaseResult;
  /** After learning, by stream and by target. */
  readonly streams: readonly PhaseResult[];
  readonly targets: readonly { readonly tokens: number; readonly attempts: number }[];
  /** Tokens charged after learning, by window, for each stream. */
  readonly windows: readonly (readonly number[])[];
  readonly dayRefusals: readonly { readonly target: number; readonly atMs: number }[];
  /** Where it was measured. */
  readonly cost?: SimulationCost;
}

export interface RunLength {
  readonly learningMinutes: number;
  /** With the learning. */
  readonly minutes: number;
  readonly summedTpm: number;
  /** 0: requests have no quotas. */
  readonly summedRpm: number;
}

export function resultOf(tally: Tally, { learningMinutes, minutes, summedTpm, summedRpm }: RunLength): RunResult {
  const quotasOf = (windows: number) => ({ tokens: summedTpm * windows, requests: summedRpm * windows });
  const later = quotasOf(minutes - learningMinutes);
  return {
    learning: phaseOf(tally.learning, quotasOf(learningMinutes)),
    after: phaseOf(tally.after, later),
    streams: tally.after.map((counts) => phaseOf([counts], later)),
    targets: Array.from(tally.targetTokens, (tokens, index) => ({
      tokens,
      attempts: tally.targetAttempts[index] ?? 0,
    })),
    windows: tally.windowTokens.map((windows) =>
      Array.from({ length: minutes - learningMinutes }, (_, window) => windows[learningMinutes + window] ?? 0),
    ),
    dayRefusals: tally.dayRefusals,
  };
}

function phaseOf(
  streams: readonly Counts[],
  quota: { readonly tokens: number; readonly requests: number },
): PhaseResult {
  const total = (field: Exclude<keyof Counts, "waits">): number =>
    streams.reduce((sum, counts) => sum + counts[field], 0);
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  const waits = new Histogram();
  for (const counts of streams) waits.addAll(counts.waits);
  const carried = total("tokens") + total("cacheReadTokens");
  return {
    goodput: share(total("tokens"), quota.tokens),
    requestGoodput: share(total("served"), quota.requests),
    carried: share(carried, quota.tokens),
    throttled: share(total("throttled"), total("attempts")),
    throttledForDay: total("throttledForDay"),
    served: share(total("served"), total("served") + total("refused")),
    attempts: total("attempts"),
    refused: total("refused"),
    refusedEstimated: total("refusedEstimated"),
    cacheReads: share(total("cacheReadTokens"), carried),
    waitP50Ms: waits.quantile(0.5),
    waitP99Ms: waits.quantile(0.99),
    waitMaxMs: waits.largest,
  };
}
