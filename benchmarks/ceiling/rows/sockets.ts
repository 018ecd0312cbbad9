import type { LimiterKind } from "@shardrock/simulator";
import type { Cell } from "../cell.ts";
import type { Contender } from "../contenders/contender.ts";
import type { Figure } from "../figure.ts";
import type { RunResult } from "../run-result.ts";
import type { Size } from "../size.ts";
import { goodput, ofTold, throttled, valuesOf } from "./figures.ts";
import type { BenchOptions, Case, Row } from "./row.ts";

/** 3 120 mean calls a window, 290 to 490 a target, 130 a second: what one process carries beside its own simulated AWS. */
const size: Size = {
  accounts: 4,
  tokensPerMinute: [290, 490, 320, 460, 350, 430, 380, 400].map((calls) => calls * 1_375),
  windowMs: 24_000,
};
const limiters = ["bucket25", "sliding60"] as const;
/** In windows, real time. */
const length = { learningMinutes: 3, minutes: 7 };

/** Over loopback sockets with the real SDK, each run in a process of its own. */
export const overSockets: Row = {
  number: 11,
  title: "over sockets with the real SDK: chat at 3x, windows of 20 s",
  needs: "sockets",
  cases: (options) => [...limiters.map((limiter) => ourCase(options, limiter)), modelCase(options)],
};

function ourCase(options: BenchOptions, limiter: LimiterKind): Case {
  const cells = cellsOf(options, limiter);
  return {
    label: "chat",
    limiter,
    runs: {
      told: cells("told", "virtual time"),
      shardrock: cells("shardrock", "sockets"),
    },
    judge: (results) => [
      goodput(results),
      ofTold(results, 0.97),
      throttled(results, "after", 0.002),
      throttled(results, "learning"),
    ],
  };
}

/** How far the model of the SDK's adaptive mode, which the other rows use, is from the SDK itself. */
function modelCase(options: BenchOptions): Case {
  const limiter = "bucket25";
  // In the SDK every waiting call polls, and at 3x there are soon thousands of them.
  const cells = cellsOf(options, limiter, { load: 1.3, learningMinutes: 1, minutes: 3 });
  return {
    label: "SDK adaptive and its model at 1.3x",
    limiter,
    runs: { adaptive: cells("adaptive", "sockets"), model: cells("adaptive", "virtual time") },
    judge: (results) => [...beside("adaptive", results["adaptive"]), ...beside("model", results["model"])],
  };
}

function beside(name: string, runs: readonly RunResult[] | undefined): Figure[] {
  return [
    { title: `${name}: goodput`, values: valuesOf(runs, ({ after }) => after.goodput), kind: "share" },
    { title: `${name}: throttled`, values: valuesOf(runs, ({ after }) => after.throttled), kind: "share" },
  ];
}

function cellsOf({ trace, seeds }: BenchOptions, limiter: LimiterKind, shape = { load: 3, ...length }) {
  const { load, learningMinutes, minutes } = shape;
  const streams = [{ name: "chat", workload: "chat", load }] as const;
  return (contender: Contender, where: Cell["where"]): Cell[] =>
    seeds
      .slice(0, 1)
      .map((seed) => ({ limiter, streams, size, trace, learningMinutes, minutes, contender, where, seed }) as Cell);
}
