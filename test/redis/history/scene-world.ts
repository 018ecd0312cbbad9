import { limitsByKey, timeoutMs, windowMs } from "./scene.ts";
import type { HistoryWorld } from "../../../benchmarks/redis/history/world.ts";

/** What a history of the scene is judged by. */
export function worldOf(processes: number): HistoryWorld {
  return {
    windowUs: windowMs * 1e3,
    limits: limitsByKey,
    processes,
    localShare: 0.8,
    timeoutUs: timeoutMs * 1e3,
    // Found out at a time-out, back at a background beat, and what is under way is ended.
    graceUs: 1_000_000,
  };
}
