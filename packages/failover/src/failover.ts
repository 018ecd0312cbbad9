import { type Failover, ShardrockError } from "@shardrock/core";
import { BudgetedPolicy, type Hedging } from "./budgeted-policy.ts";
import { FailoverHealth } from "./failover-health.ts";
import { RetryBudget } from "./retry-budget.ts";

export interface FailoverOptions {
  /** How often one call may be made again after a failure that AWS may have processed and billed, 0 up; 1 unless told. */
  readonly ambiguousRetries?: number;
  /** Retries of what AWS may have worked on, of all calls of a router together; they fade within ten seconds. */
  readonly retryBudget?: {
    /** Retries for each call, 0 to 1; 0.2 unless told. */
    readonly share?: number;
    /** Retries there are besides, in each ten seconds, 0 up; 10 unless told. */
    readonly floor?: number;
  };
  /**
   * A second attempt, in another account, beside one that has not answered: a stream by its first content, any other call
   * by its answer. Who answers first serves the call; the other is broken off, and stays booked and probably billed in full.
   * None unless told.
   */
  readonly hedging?: {
    /** Milliseconds to wait before, above 0: well above what most calls of your models take to answer. */
    readonly afterMs: number;
    /** Hedges for each call of the router, 0 to 1; 0.02 unless told. Each is taken from the retry budget too. */
    readonly share?: number;
  };
}

/** With few calls a share of them is none: one hedge in ten seconds there may always be. */
const hedgeFloor = 1;

/**
 * What a client or router does when AWS fails: leaves alone what failed and no more than that, moves calls on, tries again
 * within a budget what AWS may have worked on, and comes back to what recovers one call first.
 * @throws {ShardrockError} `option-invalid`.
 * @example
 * const client = new ShardedBedrockRuntime(config, { failover: failover({ ambiguousRetries: 0 }) });
 */
export function failover(options: FailoverOptions = {}): Failover {
  const { ambiguousRetries = 1, retryBudget: { share = 0.2, floor = 10 } = {}, hedging } = options;
  if (!Number.isInteger(ambiguousRetries) || ambiguousRetries < 0) {
    const rule = "ambiguousRetries must be a whole number from 0 up";
    throw new ShardrockError("option-invalid", `${rule}, got ${ambiguousRetries}`);
  }
  const budget = (): RetryBudget => new RetryBudget("retryBudget", { share, floor });
  const hedges = (): Hedging | undefined => hedging && hedgingOf(hedging);
  budget(); // both tell now what is wrong with their options
  hedges();
  return {
    policy: ({ clock, random }) =>
      new BudgetedPolicy({ clock, random, budget: budget(), hedging: hedges(), ambiguousRetries }),
    health: ({ clock }) => new FailoverHealth({ clock }),
  };
}

function hedgingOf({ afterMs, share = 0.02 }: NonNullable<FailoverOptions["hedging"]>): Hedging {
  if (!(afterMs > 0 && afterMs < Number.POSITIVE_INFINITY)) {
    throw new ShardrockError("option-invalid", `hedging.afterMs must be a finite number above 0, got ${afterMs}`);
  }
  return { afterMs, budget: new RetryBudget("hedging", { share, floor: hedgeFloor }) };
}
