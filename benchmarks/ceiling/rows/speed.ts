import { defaultSize } from "../size.ts";
import { valuesOf } from "./figures.ts";
import { type Case, type Row, seeded } from "./row.ts";

/** What the bench itself costs, the router with it: what makes the rest of the table affordable. */
export const simulationSpeed: Row = {
  number: 12,
  title: "processor time and memory of simulating a call, chat on bucket25",
  needs: "quiet",
  cases: (options) =>
    (
      [
        ["uncongested", 0.5, 10, 60],
        ["waiting", 3, 50, 20],
      ] as const
    ).map(([label, load, most, minutes]): Case => {
      const streams = [{ name: "chat", workload: "chat", load }] as const;
      const shape = { limiter: "bucket25", streams, size: defaultSize, minutes, contender: "shardrock" } as const;
      return {
        label,
        limiter: shape.limiter,
        runs: { shardrock: seeded(options, shape).map((cell) => ({ ...cell, where: "virtual time, timed" as const })) },
        judge: (results) => [
          {
            title: "µs a call",
            values: valuesOf(results["shardrock"], ({ cost }) => cost?.usPerCall ?? 0),
            kind: "number",
            bar: { most },
          },
          {
            title: "bytes kept a call",
            values: valuesOf(results["shardrock"], ({ cost }) => cost?.bytesPerCall ?? 0),
            kind: "number",
            bar: { most: 10 },
          },
        ],
      };
    }),
};
