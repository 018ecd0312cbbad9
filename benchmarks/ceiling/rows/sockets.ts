import type { Cell } from "../cell.ts";
import type { Size } from "../size.ts";
import { goodput, ofTold, throttled, valuesOf } from "./figures.ts";
import { type Case, type Row } from "./row.ts";

/** 3 120 mean calls a window, 290 to 490 a target, 130 a second: what one process carries beside its own simulated AWS. */
const size: Size = {
  accounts: 4,
  tokensPerMinute: [290, 490, 320, 460, 350, 430, 380, 400].map((calls) => calls * 1_375),
  windowMs: 24_000,
};
const limiters = ["bucket25", "sliding60"] as const;
/** In windows, real time. */
const length = { learningMinutes: 4, minutes: 8 };

/** Over loopback sockets with the real SDK, this library and the bare SDK each in a process of its own. */
export const overSockets: Row = {
  number: 11,
  title: "over sockets with the real SDK: chat at 3x, windows of 24 s",
  cases: ({ trace, seeds }) =>
    limiters.map((limiter): Case => {
      const streams = [{ name: "chat", workload: "chat", load: 3 }] as const;
      const shape = { limiter, streams, size, trace, ...length };
      const cells = (cell: Pick<Cell, "contender" | "where">): Cell[] =>
        seeds.slice(0, 1).map((seed) => ({ ...shape, ...cell, seed }) as Cell);
      return {
        label: "chat",
        limiter,
        runs: {
          told: cells({ contender: "told", where: "virtual time" }),
          shardrock: cells({ contender: "shardrock", where: "sockets" }),
          "round-robin": cells({ contender: "round-robin", where: "sockets" }),
        },
        judge: (results) => [
          goodput(results),
          ofTold(results, 0.97),
          throttled(results, "after", 0.002),
          throttled(results, "learning"),
          {
            title: "round-robin: goodput",
            values: valuesOf(results["round-robin"], ({ after }) => after.goodput),
            kind: "share",
          },
          {
            title: "throttled there",
            values: valuesOf(results["round-robin"], ({ after }) => after.throttled),
            kind: "share",
          },
        ],
      };
    }),
};
