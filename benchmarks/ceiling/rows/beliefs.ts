import { oneOfEach } from "./overload.ts";
import { baselines, goodput, ofTold, throttled } from "./figures.ts";
import { type Case, others, type Row, withTold } from "./row.ts";

/** Limits are really half, once or twice what was configured, which of them by chance. */
export const wronglyBelieved: Row = {
  number: 3,
  title: "3x overload, chat, limits believed 0.5x, 1x or 2x of the truth at random",
  cases: (options) =>
    oneOfEach.map((limiter): Case => {
      const streams = [{ name: "chat", workload: "chat", load: 3 }] as const;
      const shape = { limiter, streams, beliefs: "random" } as const;
      return {
        label: "chat",
        limiter,
        runs: { ...withTold(options, shape), ...others(options, shape) },
        judge: (results) => [
          goodput(results),
          ofTold(results, 0.96),
          throttled(results, "after", 0.005),
          throttled(results, "learning"),
          ...baselines(results, ["goodput", "throttled"]),
        ],
      };
    }),
};
