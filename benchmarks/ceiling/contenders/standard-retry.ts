import type { Clock, Random } from "@shardrock/core";

/**
 * The SDK's standard retries of throttles, one client each.
 * Source: @smithy/core 3.41 retry constants: 3 attempts, 1 s base for throttles, doubled and fully jittered up to 20 s,
 * a retry budget of 500 per client, 5 a throttling retry, refunded by success.
 */
const maxAttempts = 3;
const throttleBaseMs = 1_000;
const longestDelayMs = 20_000;
const retryBudget = 500;
const retryCost = 5;

export class StandardRetry {
  readonly #clock: Clock;
  readonly #random: Random;
  #budget = retryBudget;

  constructor(options: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = options.clock;
    this.#random = options.random;
  }

  /** @returns whether one of the attempts got through. */
  async send(attempt: () => Promise<boolean>): Promise<boolean> {
    let paid = 0;
    for (let tries = 1; ; tries += 1) {
      if (await attempt()) {
        this.#budget = Math.min(retryBudget, this.#budget + Math.max(paid, 1));
        return true;
      }
      if (tries === maxAttempts || this.#budget < retryCost) return false;
      this.#budget -= retryCost;
      paid = retryCost;
      await this.#clock.sleep(this.#random() * Math.min(throttleBaseMs * 2 ** (tries - 1), longestDelayMs));
    }
  }
}
