import type { RunResult } from "../run-result.ts";
import type { Size } from "../size.ts";
import { perSeed, throttled, valuesOf } from "./figures.ts";
import { type Case, type Row, seeded } from "./row.ts";

/** Two quotas that can carry a large call, the least of them 2 000 000 TPM, and two that never can. */
const size: Size = { accounts: 2, tokensPerMinute: [2_000_000, 100_000, 2_500_000, 140_000], windowMs: 60_000 };

/** The bucket that holds least, and a window of each kind. */
const limiters = ["bucket12", "fixed60", "sliding60"] as const;

export const largeCalls: Row = {
  number: 7,
  title: "150 000-token calls (8 % of the quotas) among chat at 2x",
  cases: (options) =>
    limiters.map((limiter): Case => {
      const chat = { name: "chat", workload: "chat", load: 2 } as const;
      const large = {
        name: "large",
        workload: "chat",
        load: 0.08,
        largeInputTokens: 150_000,
        maxWaitMinutes: 4,
      } as const;
      const run = (streams: readonly (typeof chat | typeof large)[]) =>
        seeded(options, { limiter, streams, size, contender: "shardrock" });
      return {
        label: "chat and large",
        limiter,
        runs: { shardrock: run([chat, large]), "chat alone": run([chat]) },
        judge: (results) => [
          {
            title: "longest wait",
            values: valuesOf(results["shardrock"], longestWait),
            kind: "ms",
            bar: { most: 120_000 },
          },
          {
            title: "large served",
            values: valuesOf(results["shardrock"], largeServed),
            kind: "share",
            bar: { least: 1 },
          },
          {
            title: "both of chat alone",
            // Half a percent is what two runs of the same load differ by.
            values: perSeed(results, "chat alone", (run, alone) => run.after.goodput / alone.after.goodput),
            kind: "share",
            bar: { least: 0.995 },
          },
          throttled(results, "after"),
        ],
      };
    }),
};

function longestWait({ streams }: RunResult): number {
  return streams[1]?.waitMaxMs ?? Number.NaN;
}

function largeServed({ streams }: RunResult): number {
  return streams[1]?.served ?? Number.NaN;
}
