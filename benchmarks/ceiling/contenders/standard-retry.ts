import type { Clock, Random } from "@shardrock/core";

/**
 * The SDK's standard retries, one client each.
 * Source: @smithy/core 3.41 retry constants: 3 attempts, 1 s base for throttles and 50 ms for what passes, doubled and fully
 * jittered up to 20 s, a retry budget of 500 per client, 5 a throttling retry and 14 any other, refunded by success.
 */
const maxAttempts = 3;
const longestDelayMs = 20_000;
const retryBudget = 500;
const retries = { throttled: { baseMs: 1_000, cost: 5 }, transient: { baseMs: 50, cost: 14 } } as const;

/** How an attempt came out for the SDK; `final`: it is not made again. */
export type Attempted = "served" | "throttled" | "transient" | "final";

export class StandardRetry {
  readonly #clock: Clock;
  readonly #random: Random;
  #budget = retryBudget;

  constructor(options: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = options.clock;
    this.#random = options.random;
  }

  /** @returns whether one of the attempts got through. */
  async send(attempt: () => Promise<Attempted>): Promise<boolean> {
    let paid = 0;
    for (let tries = 1; ; tries += 1) {
      const attempted = await attempt();
      if (attempted === "served") {
        this.#budget = Math.min(retryBudget, this.#budget + Math.max(paid, 1));
        return true;
      }
      if (attempted === "final" || tries === maxAttempts) return false;
      const { baseMs, cost } = retries[attempted];
      if (this.#budget < cost) return false;
      this.#budget -= cost;
      paid = cost;
      await this.#clock.sleep(this.#random() * Math.min(baseMs * 2 ** (tries - 1), longestDelayMs));
    }
  }
}
