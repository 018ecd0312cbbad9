import type { LimiterKind } from "@shardrock/simulator";
import { runCells } from "./run-cells.ts";
import type { Case } from "./verdict.ts";
import type { Size } from "./world.ts";

/** 3 120 mean calls a window, 290 to 490 a target, 130 a second: what one process carries beside its own simulated AWS. */
const size: Size = {
  tokensPerMinute: [290, 490, 320, 460, 350, 430, 380, 400].map((calls) => calls * 1_375),
  windowMs: 24_000,
};
/** Windows of a run: two to warm up, four to count. */
const minutes = 6;
const limiters = ["bucket25", "sliding60"] as const satisfies readonly LimiterKind[];
const loads = [3, 0.9] as const;

/**
 * The cases over loopback sockets with the real SDK, one process for this library and one for what it is compared with.
 * The told run beside them is the same shape in virtual time.
 */
export async function runSocketCases(trace: string | undefined, note: (text: string) => void): Promise<Case[]> {
  const cases: Case[] = [];
  for (const limiter of limiters) {
    for (const load of loads) {
      note(`sockets: ${limiter} at ${load}x, ${(minutes * size.windowMs) / 1e3} s`);
      const shape = { limiter, load, seed: 1, minutes, size, trace } as const;
      const told = await runCells([{ ...shape, contender: "told", where: "virtual time" }]);
      const [shardrock, roundRobin] = await runCells([
        { ...shape, contender: "shardrock", where: "sockets" },
        { ...shape, contender: "round-robin", where: "sockets" },
      ]);
      if (shardrock === undefined || roundRobin === undefined) throw new Error("a run over sockets gave no result");
      cases.push({ limiter, load, where: "sockets", told, shardrock: [shardrock], roundRobin: [roundRobin] });
    }
  }
  return cases;
}
