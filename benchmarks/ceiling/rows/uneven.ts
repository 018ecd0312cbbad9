import type { RunResult } from "../run-result.ts";
import { type Size, sum } from "../size.ts";
import { goodput, throttled, valuesOf } from "./figures.ts";
import { oneOfEach } from "./overload.ts";
import { type Case, type Row, seeded } from "./row.ts";

/** 1 : 10 : 100, and one account on hold. */
const size: Size = { accounts: 4, tokensPerMinute: [60_000, 600_000, 6_000_000, 0], windowMs: 60_000 };

/**
 * Calls hold what they take: under windows a small quota loses more to holds than a large one, whoever spreads the calls,
 * and that would show here as a spread.
 */
export const uneven: Row = {
  number: 5,
  title: "quotas 1 : 10 : 100 and one account at 0, tight at 1.5x",
  cases: (options) =>
    oneOfEach.map((limiter): Case => {
      const streams = [{ name: "tight", workload: "tight", load: 1.5 }] as const;
      return {
        label: "tight",
        limiter,
        runs: { shardrock: seeded(options, { limiter, streams, size, contender: "shardrock" }) },
        judge: (results) => [
          {
            title: "off quotas",
            values: valuesOf(results["shardrock"], offQuotas),
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
};

/** How far the tokens of the worst target are from its share of the quotas, as a part of that share. */
function offQuotas({ targets }: RunResult): number {
  const total = sum(targets.map(({ tokens }) => tokens));
  const summed = sum(size.tokensPerMinute);
  const off = size.tokensPerMinute.map((tpm, index) =>
    tpm === 0 ? 0 : Math.abs((targets[index]?.tokens ?? 0) / total / (tpm / summed) - 1),
  );
  return Math.max(...off);
}
