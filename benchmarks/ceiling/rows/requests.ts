import type { Size } from "../size.ts";
import { goodput, ofTold, throttled, wait } from "./figures.ts";
import { isBucket, oneOfEach } from "./overload.ts";
import { type Case, type Row, withTold } from "./row.ts";

/** Tokens that a mean chat call takes, twice: requests run out when tokens are used by half. */
const tokensPerRequest = 2_750;

/** Requests a minute bind, and tokens do not. */
export const requestsBinding: Row = {
  number: 8,
  title: "3x overload of requests per minute, chat; goodput in requests",
  cases: (options) =>
    oneOfEach.map((limiter): Case => {
      const { tokensPerMinute } = options.size;
      const size: Size = {
        ...options.size,
        requestsPerMinute: tokensPerMinute.map((tpm) => Math.round(tpm / tokensPerRequest)),
      };
      const shape = { limiter, size, streams: [{ name: "chat", workload: "chat", load: 1.5 }] } as const;
      return {
        label: "chat",
        limiter,
        runs: withTold(options, shape),
        judge: (results) => [
          goodput(results, isBucket(limiter) ? 0.99 : undefined, "requestGoodput"),
          ofTold(results, 0.98, "requestGoodput"),
          throttled(results, "after", 0.001),
          throttled(results, "learning", 0.005),
          wait(results, 50),
          wait(results, 99),
        ],
      };
    }),
};
