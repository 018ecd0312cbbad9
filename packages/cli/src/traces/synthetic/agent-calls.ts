import type { Random } from "@shardrock/core";
import { exponential, geometric, geometricMean, normal } from "./draws.ts";
import type { Arrival } from "./generate-trace.ts";
import { logNormalOf } from "./log-normal.ts";
import { sizeDrawer } from "./size-distribution.ts";
import type { TrafficProfile } from "./traffic-profile.ts";

/** A task makes eight calls in the mean, one at least, fifty at most. */
const calls = { mean: 8, most: 50 } as const;
/** Between two calls of a task: the first one's answer, and the time its tools take. */
const gap = { meanMs: 8_000, p95Ms: 24_000 } as const;

interface Task {
  nextMs: number;
  /** Of the calls to come, the smallest last. */
  readonly inputs: number[];
}

/**
 * The calls of agents at work: tasks begin at random, each is a chain of calls whose prompts grow. A task's prompts are
 * drawn like any others and put in order, so that all together have the sizes that were asked for. Tasks that began
 * before the trace does go on in it: else it would begin quietly.
 */
export function* agentCalls(
  { profile, perMs }: { readonly profile: TrafficProfile; readonly perMs: number },
  { times, inputs }: { readonly times: Random; readonly inputs: Random },
): Generator<Arrival> {
  const meanTaskGapMs = geometricMean(calls.mean, calls.most) / perMs;
  const input = sizeDrawer(profile.input, 1);
  const waits = logNormalOf(gap.meanMs, gap.p95Ms);
  const open: Task[] = [];
  let beginMs = -calls.most * gap.meanMs;
  for (;;) {
    if (beginMs < profile.durationMs && beginMs <= (open[0]?.nextMs ?? Number.POSITIVE_INFINITY)) {
      insert(open, { nextMs: beginMs, inputs: growing(geometric(calls.mean, calls.most, times), () => input(inputs)) });
      beginMs += exponential(times) * meanTaskGapMs;
      continue;
    }
    const task = open.shift();
    if (task === undefined) return;
    const atMs = task.nextMs;
    const inputTokens = task.inputs.pop();
    if (inputTokens === undefined || atMs >= profile.durationMs) continue;
    task.nextMs += Math.exp(waits.mu + waits.sigma * normal(times));
    if (task.inputs.length > 0) insert(open, task);
    if (atMs >= 0) yield { atMs, inputTokens };
  }
}

/** So many sizes, the smallest last. */
function growing(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw).toSorted((one, other) => other - one);
}

/** Keeps tasks by the time of their next call. */
function insert(open: Task[], task: Task): void {
  let low = 0;
  let high = open.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((open[middle]?.nextMs ?? 0) <= task.nextMs) low = middle + 1;
    else high = middle;
  }
  open.splice(low, 0, task);
}
