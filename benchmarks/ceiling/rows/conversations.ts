import type { Size } from "../size.ts";
import type { StreamShape } from "../stream.ts";
import { perSeed, throttled, valuesOf } from "./figures.ts";
import { type Case, type Row, seeded } from "./row.ts";

/** 40 accounts, 200 000 to 500 000 TPM each. */
const size: Size = {
  accounts: 40,
  tokensPerMinute: Array.from({ length: 40 }, (_, index) => 200_000 + (index % 4) * 100_000),
  windowMs: 60_000,
};
const limiters = ["bucket25", "sliding60"] as const;
/** Of the quotas, when nothing is cached: it takes the cache to make it fit. */
const load = 1.5;

/** Cached input is free, so a conversation that moves pays for its prompt again. */
export const conversing: Row = {
  number: 10,
  title: "conversations with cached prefixes over 40 accounts, 1.5x when nothing is cached",
  cases: (options) =>
    limiters.map((limiter): Case => {
      const run = (stickiness: NonNullable<StreamShape["stickiness"]>) => {
        const streams = [{ name: "turns", workload: "chat", load, isConversing: true, stickiness }] as const;
        return seeded(options, { limiter, streams, size, contender: "shardrock" });
      };
      return {
        label: "turns",
        limiter,
        runs: { shardrock: run("keyed"), nailed: run("nailed"), none: run("none") },
        judge: (results) => [
          {
            title: "hits of perfect",
            values: perSeed(results, "nailed", (run, nailed) => run.after.cacheReads / nailed.after.cacheReads),
            kind: "share",
            bar: { least: 0.95 },
          },
          {
            title: "carried of none's",
            values: perSeed(results, "none", (run, none) => run.after.carried / none.after.carried),
            kind: "share",
            bar: { least: 0.98 },
          },
          {
            title: "out of cache",
            values: valuesOf(results["shardrock"], ({ after }) => after.cacheReads),
            kind: "share",
          },
          {
            title: "none: out of cache",
            values: valuesOf(results["none"], ({ after }) => after.cacheReads),
            kind: "share",
          },
          { title: "served", values: valuesOf(results["shardrock"], ({ after }) => after.served), kind: "share" },
          { title: "none: served", values: valuesOf(results["none"], ({ after }) => after.served), kind: "share" },
          throttled(results, "after"),
        ],
      };
    }),
};
