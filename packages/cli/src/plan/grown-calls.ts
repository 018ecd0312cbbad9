import type { Random } from "@shardrock/core";
import type { TraceCall } from "../traces/trace-call.ts";

/**
 * The same traffic so many times over: each call comes again, at times that chance sets between it and the next one, so that the
 * rate keeps its shape at every scale. A factor with a fraction repeats that share of the calls.
 */
export async function* grownCalls(
  calls: AsyncIterable<TraceCall> | Iterable<TraceCall>,
  factor: number,
  random: Random,
): AsyncGenerator<TraceCall, void, undefined> {
  let last: TraceCall | undefined;
  for await (const call of calls) {
    if (last !== undefined) yield* copiesOf(last, { factor, untilMs: call.atMs, random });
    last = call;
  }
  if (last !== undefined) yield* copiesOf(last, { factor, untilMs: last.atMs, random });
}

interface Copying {
  readonly factor: number;
  readonly untilMs: number;
  readonly random: Random;
}

function copiesOf(call: TraceCall, { factor, untilMs, random }: Copying): readonly TraceCall[] {
  const count = Math.floor(factor) + (random() < factor % 1 ? 1 : 0);
  if (count === 0) return [];
  const gapMs = untilMs - call.atMs;
  const times = Array.from({ length: count - 1 }, () => call.atMs + random() * gapMs).toSorted(
    (one, other) => one - other,
  );
  return [call, ...times.map((atMs) => ({ ...call, atMs }))];
}
