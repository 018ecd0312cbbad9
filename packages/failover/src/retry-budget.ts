import { ShardrockError } from "@shardrock/core";

export interface RetryBudgetOptions {
  /** Retries for each call, 0 to 1. */
  readonly share: number;
  /** Retries there are without any calls, in each ten seconds, 0 up. */
  readonly floor: number;
}

/** How fast the past fades, in ms. */
const fadeMs = 10_000;

/** What is left of retries this far back counts for nothing, so that a floor of one is a whole one again. */
const leastRetries = 0.01;

/**
 * Retries as a share of calls, so that they add at most that much to what AWS has to bear when it has least to give. Both
 * counts fade: retries never weigh more than the share of the calls and the floor.
 * Source: Finagle, `RetryBudget`, 20 % and a floor, deposits gone after 10 s (read 2026-11-22).
 */
export class RetryBudget {
  readonly #options: RetryBudgetOptions;
  #calls = 0;
  #retries = 0;
  #atMs = Number.NEGATIVE_INFINITY;

  /**
   * @param name - of the option that it was made from.
   * @throws {ShardrockError} `option-invalid`.
   */
  constructor(name: string, options: RetryBudgetOptions) {
    const { share, floor } = options;
    if (!(share >= 0 && share <= 1)) throw invalid(`${name}.share`, "a number from 0 to 1", share);
    if (!(floor >= 0 && floor < Number.POSITIVE_INFINITY)) throw invalid(`${name}.floor`, "0 or more", floor);
    this.#options = options;
  }

  /** A call has come. */
  deposit(nowMs: number): void {
    this.#fade(nowMs);
    this.#calls += 1;
  }

  /** Whether there is a retry to take. */
  has(nowMs: number): boolean {
    this.#fade(nowMs);
    const { share, floor } = this.#options;
    return this.#retries + 1 <= this.#calls * share + floor;
  }

  /** Takes one retry. @returns false when there is none, which changes nothing. */
  withdraw(nowMs: number): boolean {
    if (!this.has(nowMs)) return false;
    this.#retries += 1;
    return true;
  }

  #fade(nowMs: number): void {
    const kept = Math.exp(-Math.max(0, nowMs - this.#atMs) / fadeMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#calls *= kept;
    this.#retries = this.#retries * kept < leastRetries ? 0 : this.#retries * kept;
  }
}

function invalid(option: string, rule: string, value: number): ShardrockError {
  return new ShardrockError("option-invalid", `${option} must be ${rule}, got ${value}`);
}
