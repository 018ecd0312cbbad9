import type { Cost, Random } from "@shardrock/core";
import type { TrafficCall } from "@shardrock/simulator";
import { type Arrivals, bursting } from "./arrivals.ts";
import { workloads, type WorkloadName } from "./workload.ts";

/** Calls of one kind that arrive together. */
export interface StreamShape {
  readonly name: string;
  readonly workload: WorkloadName;
  /** Offered tokens as a multiple of the summed quotas. */
  readonly load: number;
  /** Ten times the summed quotas for 3 s of each minute; `load` stays the mean. */
  readonly isBursting?: boolean;
}

/** One call on its way through a run. */
export interface WorkCall {
  /** The stream's place in the run. */
  readonly stream: number;
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxTokens: number;
  /** What it holds, and what it takes in the end. */
  readonly hold: Cost;
  readonly actual: Cost;
}

export interface StreamTiming {
  readonly summedTpm: number;
  readonly windowMs: number;
  readonly arrivals: Arrivals;
}

/** The calls of a stream, in order of arrival, without end. */
export function* callsOf(
  stream: { readonly index: number; readonly shape: StreamShape },
  { summedTpm, windowMs, arrivals }: StreamTiming,
  random: Random,
): Generator<WorkCall, undefined> {
  const { index, shape } = stream;
  const { burndown } = workloads[shape.workload];
  const rate = { tokensPerMs: (shape.load * summedTpm) / windowMs, burndown };
  const calls = shape.isBursting
    ? bursting(arrivals, { ...rate, load: shape.load, windowMs }, random)
    : arrivals(rate, random);
  for (const call of calls) yield workCall(index, call, shape.workload);
}

function workCall(stream: number, call: TrafficCall, name: WorkloadName): WorkCall {
  const { burndown, maxTokensOf } = workloads[name];
  const { atMs, inputTokens } = call;
  const maxTokens = maxTokensOf(call.outputTokens);
  const outputTokens = Math.min(call.outputTokens, maxTokens);
  return {
    stream,
    atMs,
    inputTokens,
    outputTokens,
    maxTokens,
    hold: { requests: 1, tokens: inputTokens + maxTokens },
    actual: { requests: 1, tokens: inputTokens + outputTokens * burndown },
  };
}
