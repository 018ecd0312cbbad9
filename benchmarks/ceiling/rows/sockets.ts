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
/**
 * In windows, real time. Under sliding windows the told run still carries most of what it began with: 97.9 % in seven
 * windows, 97.2 % in nine, 88.5 % in the thirty that the rows in virtual time have, where shardrock has 95 % throughout.
 */
const lengths = {
  bucket25: { learningMinutes: 2, minutes: 5 },
  sliding60: { learningMinutes: 3, minutes: 9 },
} as const;
const limiters = ["bucket25", "sliding60"] as const;

/** Over loopback sockets with the real SDK, each run in a process of its own. */
export const overSockets: Row = {
  number: 11,
  title: "over sockets with the real SDK: chat at 3x, windows of 24 s",
  needs: "sockets",
  cases: (options) => [...limiters.map((limiter) => ourCase(options, limiter)), modelCase(options)],
};

function ourCase(options: BenchOptions, limiter: keyof typeof lengths): Case {
  const cells = cellsOf(options, limiter, { load: 3, ...lengths[limiter] });
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

interface CellLength {
  readonly load: number;
  readonly learningMinutes: number;
  readonly minutes: number;
}

function cellsOf({ trace, seeds }: BenchOptions, limiter: LimiterKind, shape: CellLength) {
  const { load, learningMinutes, minutes } = shape;
  const streams = [{ name: "chat", workload: "chat", load }] as const;
  return (contender: Contender, where: Cell["where"]): Cell[] =>
    seeds
      .slice(0, 1)
      .map((seed) => ({ limiter, streams, size, trace, learningMinutes, minutes, contender, where, seed }) as Cell);
}
