import { type Clock, seededRandom } from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { generated } from "../ceiling/arrivals.ts";
import type { Size } from "../ceiling/size.ts";
import { callsOf, type StreamShape, type WorkCall } from "../ceiling/stream.ts";
import { makeWorld } from "../ceiling/world.ts";
import { contenders } from "./contenders.ts";
import { DyingAws } from "./dying-aws.ts";
import { afterMsOf, type FaultRun, timeline, timers } from "./fault.ts";
import { type FaultResult, faultResultOf } from "./fault-result.ts";
import { RunRecord } from "./record.ts";

/** Four accounts with as much quota each, in the same two Regions. */
const size: Size = {
  accounts: 4,
  tokensPerMinute: [600_000, 400_000, 600_000, 400_000, 600_000, 400_000, 600_000, 400_000],
  windowMs: 60_000,
};

const stream: StreamShape = { name: "chat", workload: "chat", load: 0.8 };

/** One run in virtual time. The same run gives the same result, bit for bit. */
export async function runFault({ fault, limiter, contender, seed }: FaultRun): Promise<FaultResult> {
  const clock = new VirtualClock({ alarmsPerTurn: 256 });
  const world = makeWorld({ limiter, seed, size, burndown: 1 });
  const record = new RunRecord();
  const aws = new DyingAws({ world, clock, fault, record });
  const serve = contenders[contender]({ world, clock, aws, fault, random: seededRandom(seed + 1) });
  const timing = { summedTpm: world.summedTpm, windowMs: size.windowMs, arrivals: generated };
  const calls = callsOf({ index: 0, shape: stream }, timing, seededRandom(seed + 2));
  const endMs = timeline.healsAtMs + afterMsOf(fault);
  arrive(calls, {
    clock,
    untilMs: endMs,
    serve: (call) => serve({ call, record: record.call(call.atMs, aws.usualMs(call)) }),
  });
  await clock.advance(endMs);
  // What still hangs may come back, and be made again.
  await clock.advance(timers.firstEventMs + 60_000);
  return faultResultOf(record, endMs);
}

interface Arriving {
  readonly clock: Clock;
  readonly untilMs: number;
  readonly serve: (call: WorkCall) => Promise<void>;
}

function arrive(calls: Generator<WorkCall, undefined>, arriving: Arriving): void {
  const { clock, untilMs, serve } = arriving;
  const next = calls.next();
  if (next.done === true || next.value.atMs >= untilMs) return;
  clock.timer(next.value.atMs - clock.monotonicMs(), () => {
    void serve(next.value);
    arrive(calls, arriving);
  });
}

// As a child process: every message is a run, every answer its result.
if (process.send !== undefined) {
  Error.stackTraceLimit = 0; // refusals are by the thousand here, and nobody reads where they were thrown
  process.on("message", (run: FaultRun) => {
    void runFault(run).then((result) => process.send?.(result));
  });
}
