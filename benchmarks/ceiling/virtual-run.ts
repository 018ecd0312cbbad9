import { type Clock, seededRandom } from "@shardrock/core";
import { type LimiterKind, VirtualClock } from "@shardrock/simulator";
import type { Arrivals } from "./arrivals.ts";
import { type Contender, contenders } from "./contenders/contender.ts";
import type { Size } from "./size.ts";
import type { Serve, Stage } from "./stage.ts";
import { callsOf, type StreamShape, type WorkCall } from "./stream.ts";
import { resultOf, type RunResult } from "./run-result.ts";
import { Tally } from "./tally.ts";
import { makeWorld, type WorldShape } from "./world.ts";
import { workloads } from "./workload.ts";

export interface RunShape extends Pick<WorldShape, "beliefs" | "dayMinutes"> {
  readonly contender: Contender;
  readonly limiter: LimiterKind;
  /** All of one burndown. */
  readonly streams: readonly StreamShape[];
  readonly seed: number;
  /** Windows the run lasts, the learning included. */
  readonly minutes: number;
  /** Windows counted as learning. */
  readonly learningMinutes: number;
  readonly size: Size;
  /** Weights of the tenants, by name. */
  readonly tenants?: Readonly<Record<string, { readonly weight: number }>>;
}

/**
 * One run in virtual time. The same shape gives the same result, bit for bit.
 * @param watch - called when so many windows have passed.
 */
export async function runVirtual(
  shape: RunShape,
  arrivals: Arrivals,
  watch?: (windows: number) => void,
): Promise<RunResult> {
  const { size, streams, seed, minutes, learningMinutes } = shape;
  const { windowMs } = size;
  const clock = new VirtualClock({ alarmsPerTurn: 256 });
  const [first] = streams;
  const world = makeWorld({ ...shape, burndown: first === undefined ? 1 : workloads[first.workload].burndown });
  const tally = new Tally({
    clock,
    startMs: 0,
    learnedMs: learningMinutes * windowMs,
    windowMs,
    streams: streams.length,
    targets: world.targets.length,
  });
  const random = seededRandom(seed + 1);
  const stage: Stage = { world, clock, tally, windowMs, streams, random, tenants: shape.tenants };
  const serve = contenders[shape.contender](stage);
  for (const [index, stream] of streams.entries()) {
    const timing = { summedTpm: world.summedTpm, windowMs, arrivals };
    arrive(callsOf({ index, shape: stream }, timing, seededRandom(seed + 2 + index * 1_000)), { clock, serve });
  }
  for (let windows = 1; windows <= minutes; windows += 1) {
    await clock.advance(windowMs);
    watch?.(windows);
  }
  return resultOf(tally, { learningMinutes, minutes, summedTpm: world.summedTpm, summedRpm: world.summedRpm });
}

function arrive(calls: Generator<WorkCall, undefined>, { clock, serve }: { clock: Clock; serve: Serve }): void {
  let next = calls.next();
  const ring = (): void => {
    if (next.done === true) return;
    void serve(next.value);
    next = calls.next();
    set();
  };
  const set = (): void => {
    if (next.done !== true) clock.timer(next.value.atMs - clock.monotonicMs(), ring);
  };
  set();
}
