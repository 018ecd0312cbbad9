import { seededRandom } from "@shardrock/core";
import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { askedTraffic } from "../traces/commands/asked-traffic.ts";
import { omissions, openTrace } from "../traces/commands/open-trace.ts";
import { generateTrace } from "../traces/synthetic/generate-trace.ts";
import type { TrafficProfile } from "../traces/synthetic/traffic-profile.ts";
import type { TraceCall } from "../traces/trace-call.ts";
import { grownCalls } from "./grown-calls.ts";

/** Where the calls of a plan come from. */
export interface TrafficSource {
  /** In a sentence, without a full stop. */
  readonly says: string;
  /** What was taken to be so because nobody said, in sentences. */
  readonly assumes: readonly string[];
  /** The calls of one run, from the beginning; the same for the same seed and growth. */
  readonly calls: (seed: number, growth: number) => AsyncIterable<TraceCall> | Iterable<TraceCall>;
}

/** Traces up to so many calls are kept, larger ones read anew for each run. */
const mostKept = 200_000;
const madeUpBy = ["profile", "rps", "input", "output", "shape", "duration", "tenant"] as const;

/**
 * The trace that `--trace` names, or the traffic that the other options ask for.
 * @throws {UsageError} when both are given, or neither.
 */
export async function trafficSource(input: CommandInput, context: CommandContext): Promise<TrafficSource> {
  const path = input.text("trace");
  const given = madeUpBy.filter((name) => input.text(name) !== undefined);
  if (path === undefined) {
    if (given.length === 0)
      throw new UsageError("which traffic? Give --trace, or --profile, or --rps, --input and --output");
    return generatedTraffic(await askedTraffic(input, context));
  }
  const [first] = given;
  if (first !== undefined) throw new UsageError(`--${first} makes up traffic, and --trace gives some: leave out one`);
  return traceTraffic(path, input, context);
}

/** Calls of a profile; each seed has its own. */
export function generatedTraffic(profile: TrafficProfile): TrafficSource {
  const { callsPerSecond, durationMs, shape } = profile;
  const shapeName = typeof shape === "string" ? shape : "its profile's shape";
  return {
    says: `made up: ${callsPerSecond} calls a second for ${durationMs / 60_000} min, ${shapeName}`,
    assumes: [
      "Each seed has traffic of its own; input and output sizes are drawn apart, and calls come independently of each other.",
    ],
    calls: (seed, growth) => generateTrace({ profile: { ...profile, callsPerSecond: callsPerSecond * growth }, seed }),
  };
}

/** Calls of a file; what is left out of it is told once. */
export async function traceTraffic(path: string, input: CommandInput, context: CommandContext): Promise<TrafficSource> {
  const maxTokens = input.number("max-tokens", { from: 1, upTo: 1e9, isWhole: true });
  const read = (): AsyncGenerator<TraceCall> => readCalls(path, maxTokens, { input, context });
  const kept: TraceCall[] = [];
  let isKept = true;
  using trace = openTrace(path, input, context);
  for await (const batch of trace.reading.batches()) {
    if (kept.length + batch.length > mostKept) isKept = false;
    if (isKept) kept.push(...batch.map((call) => withMaximum(call, maxTokens)));
    else kept.length = 0;
  }
  for (const line of omissions(trace.reading.counts)) await context.note(`${path}: ${line}`);
  const once = (): AsyncIterable<TraceCall> | Iterable<TraceCall> => (isKept ? kept : read());
  return {
    says: `${path}: ${trace.reading.counts.calls} calls`,
    assumes: [
      "Every run plays the same trace; seeds differ in the router's chances and in the moments at which AWS's windows begin.",
      ...(maxTokens === undefined ? [] : [`Calls of the trace that set no max_tokens set ${maxTokens}.`]),
    ],
    calls: (seed, growth) => (growth === 1 ? once() : grownCalls(once(), growth, seededRandom(seed))),
  };
}

interface Reading {
  readonly input: CommandInput;
  readonly context: CommandContext;
}

/** Without a bar of its own: the plan has one. */
async function* readCalls(
  path: string,
  maxTokens: number | undefined,
  { input, context }: Reading,
): AsyncGenerator<TraceCall> {
  const progress: CommandContext["progress"] = () => ({ update: () => {}, [Symbol.dispose]: () => {} });
  using trace = openTrace(path, input, { ...context, progress });
  for await (const batch of trace.reading.batches()) {
    for (const call of batch) yield withMaximum(call, maxTokens);
  }
}

function withMaximum(call: TraceCall, maxTokens: number | undefined): TraceCall {
  if (maxTokens === undefined || call.maxTokens !== undefined) return call;
  return { ...call, maxTokens: Math.max(maxTokens, call.outputTokens) };
}
