import type { RunResult } from "../run-result.ts";
import { type Size, sum } from "../size.ts";
import { goodput, throttled, valuesOf } from "./figures.ts";
import { oneOfEach } from "./overload.ts";
import { type Case, type Row, seeded } from "./row.ts";

/** 1 : 10 : 100, and one account on hold. */
function sizeOf(least: number): Size {
  return { accounts: 4, tokensPerMinute: [least, 10 * least, 100 * least, 0], windowMs: 60_000 };
}

/**
 * Where all fits, the spread is the router's choice, and no limiter has a say in it. At 1.5x it is what each quota can carry,
 * so calls hold what they take there: holds above that cost a small quota more of its window than a large one, whoever
 * spreads the calls (chat at 1.5x on sliding60: 5.8 % off, the told run 5.1 %).
 */
const kinds = [
  { workload: "chat", load: 0.8, size: sizeOf(100_000), limiters: ["sliding60"] },
  { workload: "tight", load: 1.5, size: sizeOf(50_000), limiters: oneOfEach },
] as const;

export const uneven: Row = {
  number: 5,
  title: "quotas 1 : 10 : 100 and one account at 0",
  cases: (options) =>
    kinds.flatMap(({ workload, load, size, limiters }) =>
      limiters.map((limiter): Case => {
        const streams = [{ name: workload, workload, load }] as const;
        return {
          label: `${workload} at ${load}x`,
          limiter,
          runs: { shardrock: seeded(options, { limiter, streams, size, contender: "shardrock" }) },
          judge: (results) => [
            {
              title: "off quotas",
              values: valuesOf(results["shardrock"], (run) => offQuotas(run, size)),
              kind: "share",
              bar: { most: 0.02 },
            },
            {
              title: "calls at zero",
              values: valuesOf(results["shardrock"], ({ targets }) => targets[3]?.attempts ?? 0),
              kind: "number",
              bar: { most: 0 },
            },
            goodput(results),
            throttled(results, "after"),
          ],
        };
      }),
    ),
};

/** How far the tokens of the worst target are from its share of the quotas, as a part of that share. */
function offQuotas({ targets }: RunResult, { tokensPerMinute }: Size): number {
  const total = sum(targets.map(({ tokens }) => tokens));
  const summed = sum(tokensPerMinute);
  const off = tokensPerMinute.map((tpm, index) =>
    tpm === 0 ? 0 : Math.abs((targets[index]?.tokens ?? 0) / total / (tpm / summed) - 1),
  );
  return Math.max(...off);
}
