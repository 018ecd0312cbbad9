import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Arrivals } from "./arrivals.ts";
import type { RunResult } from "./run-result.ts";
import { type RunShape, runVirtual } from "./virtual-run.ts";

/** What simulating took of the machine, after the part counted as learning. */
export interface SimulationCost {
  /** Processor time a call, the router's own with it, in µs. */
  readonly usPerCall: number;
  /** What the heap grew by a call, garbage left out, in bytes. */
  readonly bytesPerCall: number;
}

interface Reading {
  readonly cpuUs: number;
  readonly heapBytes: number;
}

/** A run in virtual time that also measures itself. The learning is its warm-up. */
export async function runForSpeed(shape: RunShape, arrivals: Arrivals): Promise<RunResult> {
  const readings: Reading[] = [];
  const result = await runVirtual(shape, arrivals, (windows) => {
    if (windows === shape.learningMinutes || windows === shape.minutes) readings.push(read());
  });
  const [from, to] = readings;
  if (from === undefined || to === undefined)
    throw new RangeError("a run for speed needs a warm-up and a part that counts");
  const { attempts, refused } = result.after;
  const calls = attempts + refused;
  const cost: SimulationCost = {
    usPerCall: (to.cpuUs - from.cpuUs) / calls,
    bytesPerCall: (to.heapBytes - from.heapBytes) / calls,
  };
  return { ...result, cost };
}

/** Collects the garbage, and is not charged for it: the next reading's garbage is its own. */
function read(): Reading {
  const { user, system } = process.cpuUsage();
  collectGarbage();
  return { cpuUs: user + system, heapBytes: process.memoryUsage().heapUsed };
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
}
