import { seededRandom } from "@shardrock/core";
import type { Arrivals } from "./arrivals.ts";
import { runOverSockets } from "./socket-run.ts";
import { runVirtual } from "./virtual-run.ts";
import type { Case } from "./verdict.ts";
import type { Size } from "./world.ts";

/** 2 160 mean calls a window, 200 to 340 a target, 90 a second: what one process can carry beside its own clients. */
const socketSize: Size = {
  tokensPerMinute: [200, 340, 220, 320, 240, 300, 260, 280].map((calls) => calls * 1_375),
  windowMs: 24_000,
};
/** Windows of a run: two to warm up, two to count. */
const minutes = 4;
const limiters = ["bucket25", "sliding60"] as const;
const loads = [3, 0.9] as const;

/** The cases over loopback sockets with the real SDK; the told run beside them is the same shape in virtual time. */
export async function runSocketCases(arrivals: Arrivals, note: (text: string) => void): Promise<Case[]> {
  const cases: Case[] = [];
  for (const limiter of limiters) {
    for (const load of loads) {
      const shape = { limiter, load, seed: 1, minutes, size: socketSize, arrivals };
      note(`sockets: ${limiter} at ${load}x, told`);
      const told = await runVirtual({ ...shape, contender: "told" });
      note(`sockets: ${limiter} at ${load}x, Shardrock`);
      const shardrock = await runOverSockets({ ...shape, contender: "shardrock" }, seededRandom(1));
      note(`sockets: ${limiter} at ${load}x, round-robin`);
      const roundRobin = await runOverSockets({ ...shape, contender: "round-robin" }, seededRandom(1));
      cases.push({ limiter, load, where: "sockets", told: [told], shardrock: [shardrock], roundRobin: [roundRobin] });
    }
  }
  return cases;
}
