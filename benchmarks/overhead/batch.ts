import type { Caller } from "./clients.ts";
import { median } from "../measure/median.ts";
import type { Batch } from "./shape.ts";

export const inFlight = 16;

/** Makes so many calls, always `inFlight` at once, and says what one cost. */
export async function runBatch(call: Caller, calls: number): Promise<Batch> {
  const timesMs: number[] = [];
  let left = calls;
  const before = process.cpuUsage();
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const startMs = performance.now();
      await call();
      timesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  const { user, system } = process.cpuUsage(before);
  if (timesMs.length !== calls) throw new Error(`${timesMs.length} calls of ${calls} came back`);
  return { cpuUs: (user + system) / calls, p50Ms: median(timesMs) };
}
