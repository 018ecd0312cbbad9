import type { TraceCall } from "../traces/trace-call.ts";
import type { PlannedTraffic } from "./plan-report.ts";
import type { TrafficSource } from "./traffic-source.ts";

export interface TrafficFacts {
  readonly traffic: PlannedTraffic;
  /** Calls that mean no model of the config. */
  readonly unknown: number;
  /** What some of those name; undefined: nothing. */
  readonly unknownNames: readonly (string | undefined)[];
}

const mostNames = 3;

/** Counts the calls of a source once. @param modelOf - the config's name of the model that a call means. */
export async function trafficFacts(
  { says, calls }: TrafficSource,
  seed: number,
  modelOf: (call: TraceCall) => string | undefined,
): Promise<TrafficFacts> {
  let [count, inputs, outputs, set, maxima, unknown] = [0, 0, 0, 0, 0, 0];
  let [firstMs, lastMs] = [0, 0];
  const names = new Set<string | undefined>();
  for await (const call of calls(seed, 1)) {
    if (count === 0) firstMs = call.atMs;
    lastMs = call.atMs;
    count += 1;
    inputs += call.inputTokens;
    outputs += call.outputTokens;
    if (call.maxTokens !== undefined) {
      set += 1;
      maxima += call.maxTokens;
    }
    if (modelOf(call) !== undefined) continue;
    unknown += 1;
    if (names.size < mostNames) names.add(call.model);
  }
  const spanMs = Math.max(1, lastMs - firstMs);
  const traffic = {
    says,
    calls: count,
    spanMs,
    callsPerSecond: (count / spanMs) * 1_000,
    meanInputTokens: inputs / Math.max(1, count),
    meanOutputTokens: outputs / Math.max(1, count),
    maxTokensShare: set / Math.max(1, count),
    meanMaxTokens: set === 0 ? null : maxima / set,
  };
  return { traffic, unknown, unknownNames: [...names] };
}
