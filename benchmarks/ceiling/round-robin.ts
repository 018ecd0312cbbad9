import type { Clock, Random, Target } from "@shardrock/core";

/**
 * What people do today: one SDK client per account in turn, each with the SDK's standard retries.
 * Source: @smithy/core 3.41 retry constants: 3 attempts, 1 s base for throttles, doubled and fully jittered up to 20 s,
 * a retry budget of 500 per client, 5 a throttling retry, refunded by success.
 */
const maxAttempts = 3;
const throttleBaseMs = 1_000;
const longestDelayMs = 20_000;
const retryBudget = 500;
const retryCost = 5;

export class RoundRobin {
  readonly #options: { readonly targets: readonly Target[]; readonly clock: Clock; readonly random: Random };
  readonly #budgets: number[];
  #turn = 0;

  constructor(options: { readonly targets: readonly Target[]; readonly clock: Clock; readonly random: Random }) {
    this.#options = options;
    this.#budgets = options.targets.map(() => retryBudget);
  }

  /** Sends by the next client in turn. @returns whether one of its attempts got through. */
  async send(attempt: (target: Target) => Promise<boolean>): Promise<boolean> {
    const { targets, clock, random } = this.#options;
    const client = this.#turn % targets.length;
    this.#turn += 1;
    const target = targets[client];
    if (target === undefined) return false;
    let paid = 0;
    for (let tries = 1; ; tries += 1) {
      if (await attempt(target)) {
        this.#budgets[client] = Math.min(retryBudget, (this.#budgets[client] ?? 0) + Math.max(paid, 1));
        return true;
      }
      if (tries === maxAttempts || (this.#budgets[client] ?? 0) < retryCost) return false;
      this.#budgets[client] = (this.#budgets[client] ?? 0) - retryCost;
      paid = retryCost;
      await clock.sleep(random() * Math.min(throttleBaseMs * 2 ** (tries - 1), longestDelayMs));
    }
  }
}
