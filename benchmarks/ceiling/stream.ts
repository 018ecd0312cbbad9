import type { Cost, Random } from "@shardrock/core";
import { type Arrivals, bursting, type Rate } from "./arrivals.ts";
import { conversations } from "./conversations.ts";
import { workloads, type WorkloadName } from "./workload.ts";

/** Calls of one kind that arrive together. */
export interface StreamShape {
  readonly name: string;
  readonly workload: WorkloadName;
  /** Offered tokens as a multiple of the summed quotas; of conversations as if nothing were cached. */
  readonly load: number;
  /** For 3 s of each minute the load is this much, and less in between, so that `load` stays the mean. */
  readonly burstLoad?: number;
  /** Every call has this input and 500 tokens of output; undefined: sizes of real traffic. */
  readonly largeInputTokens?: number;
  /** Calls are turns of conversations, each on top of a prefix that the provider may have cached. */
  readonly isConversing?: boolean;
  /** How calls keep to a place: by affinity key (the router chooses), nailed to one, or not at all. */
  readonly stickiness?: "keyed" | "nailed" | "none";
  readonly tenant?: string;
  /** How long its calls wait, in windows; half a window unless told. */
  readonly maxWaitMinutes?: number;
  /** Its calls may only go to these targets, by place in the world. */
  readonly targets?: readonly number[];
}

/** One call on its way through a run. */
export interface WorkCall {
  /** The stream's place in the run. */
  readonly stream: number;
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxTokens: number;
  /** What it holds, as far as a caller can know, and what it takes in the end when nothing is cached. */
  readonly hold: Cost;
  readonly actual: Cost;
  /** Prompt tokens that may be cached, on top of the input. */
  readonly prefix?: { readonly key: string; readonly tokens: number } | undefined;
}

export interface StreamTiming {
  readonly summedTpm: number;
  readonly windowMs: number;
  readonly arrivals: Arrivals;
}

/** What an arrival may carry besides its size. */
export interface Arrival {
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly prefix?: WorkCall["prefix"];
}

/** The calls of a stream, in order of arrival, without end. */
export function* callsOf(
  stream: { readonly index: number; readonly shape: StreamShape },
  timing: StreamTiming,
  random: Random,
): Generator<WorkCall, undefined> {
  const { index, shape } = stream;
  for (const call of arrivalsOfStream(shape, timing, random)) yield workCall(index, call, shape.workload);
}

/** Output of every large call. */
const largeOutputTokens = 500;

function arrivalsOfStream(
  shape: StreamShape,
  { summedTpm, windowMs, arrivals }: StreamTiming,
  random: Random,
): Generator<Arrival> {
  const { load, burstLoad, largeInputTokens } = shape;
  const { burndown } = workloads[shape.workload];
  const rate: Rate = { tokensPerMs: (load * summedTpm) / windowMs, burndown };
  if (shape.isConversing) return conversations(rate, random);
  if (largeInputTokens !== undefined)
    return evenly(rate, { inputTokens: largeInputTokens, outputTokens: largeOutputTokens });
  if (burstLoad === undefined) return arrivals(rate, random);
  return bursting(arrivals(rate, random), { share: burstLoad / load, windowMs });
}

/** Calls of one size at even distances. */
function* evenly({ tokensPerMs, burndown }: Rate, size: Omit<Arrival, "atMs">): Generator<Arrival> {
  const everyMs = (size.inputTokens + size.outputTokens * burndown) / tokensPerMs;
  for (let atMs = everyMs / 2; ; atMs += everyMs) yield { atMs, ...size };
}

function workCall(stream: number, call: Arrival, name: WorkloadName): WorkCall {
  const { burndown, maxTokensOf } = workloads[name];
  const { atMs, inputTokens, prefix } = call;
  const maxTokens = maxTokensOf(call.outputTokens);
  const outputTokens = Math.min(call.outputTokens, maxTokens);
  const promptTokens = inputTokens + (prefix?.tokens ?? 0);
  return {
    stream,
    atMs,
    inputTokens,
    outputTokens,
    maxTokens,
    hold: { requests: 1, tokens: promptTokens + maxTokens },
    actual: { requests: 1, tokens: promptTokens + outputTokens * burndown },
    prefix,
  };
}
