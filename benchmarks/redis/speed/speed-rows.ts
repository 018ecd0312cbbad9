import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Figure } from "../../ceiling/figure.ts";
import { median } from "../../measure/median.ts";
import type { Line } from "../report.ts";
import { startRedisServer } from "../redis-server.ts";
import { depths, type SpeedBatch, type SpeedName, speedNames, type SpeedOptions, type SpeedResult } from "./shape.ts";

/** The least part of the bare script's rate, with the most at once, and the most scripts a reservation may take. */
const bars = { ofBare: 0.4, scripts: 1.01 } as const;

export async function measureSpeed(isQuick: boolean): Promise<SpeedResult> {
  await using redis = await startRedisServer();
  const amount = isQuick ? { rounds: 2, operations: 1_000 } : { rounds: 9, operations: 6_000 };
  return await measured({ port: redis.port, ...amount });
}

/** In a process of its own. */
function measured(options: SpeedOptions): Promise<SpeedResult> {
  const execArgv = process.execArgv.filter((argument) => !argument.includes("@shardrock/source"));
  const file = fileURLToPath(new URL("./measure.ts", import.meta.url));
  const child = fork(file, [JSON.stringify(options)], { execArgv });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`measuring speed ended with ${code}`)));
    child.once("message", (result) => resolve(result as SpeedResult));
  });
}

/** A line for each name and depth, medians over rounds. */
export function speedLines({ batches }: SpeedResult): readonly Line[] {
  return depths.flatMap((depth) =>
    speedNames.map((name): Line => {
      const of = (which: SpeedName): readonly SpeedBatch[] =>
        batches.filter((batch) => batch.name === which && batch.depth === depth);
      const middle = (value: (batch: SpeedBatch) => number): readonly number[] => [median(of(name).map(value))];
      const bare = of("bare script").map(({ perSecond }) => perSecond);
      const ofBare = of(name).map(({ perSecond }, round) => perSecond / (bare[round] ?? Number.NaN));
      const isOurs = name === "reserve";
      const figures: Figure[] = [
        { title: "per second", kind: "number", values: middle(({ perSecond }) => Math.round(perSecond)) },
        { title: "p50 µs", kind: "number", values: middle(({ p50Us }) => Math.round(p50Us)) },
        { title: "p99 µs", kind: "number", values: middle(({ p99Us }) => Math.round(p99Us)) },
        {
          title: "of bare",
          kind: "share",
          values: [median(ofBare)],
          ...(isOurs && depth === 64 && { bar: { least: bars.ofBare } }),
        },
        {
          title: "scripts each",
          kind: "number",
          values: middle(({ scriptsEach }) => scriptsEach),
          // A beat every half second falls into every batch; with few at once that is much for each.
          ...(isOurs && depth > 1 && { bar: { most: bars.scripts } }),
        },
        { title: "Redis µs each", kind: "number", values: middle(({ serverUsEach }) => serverUsEach) },
      ];
      return { name: `${name}, ${depth} in flight`, figures };
    }),
  );
}
