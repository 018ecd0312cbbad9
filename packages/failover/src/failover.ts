import { type Failover, ShardrockError } from "@shardrock/core";
import { BudgetedPolicy } from "./budgeted-policy.ts";
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
}

/**
 * What a client or router does when AWS fails: leaves alone what failed and no more than that, moves calls on, tries again
 * within a budget what AWS may have worked on, and comes back to what recovers one call first.
 * @throws {ShardrockError} `option-invalid`.
 * @example
 * const client = new ShardedBedrockRuntime(config, { failover: failover({ ambiguousRetries: 0 }) });
 */
export function failover(options: FailoverOptions = {}): Failover {
  const { ambiguousRetries = 1, retryBudget: { share = 0.2, floor = 10 } = {} } = options;
  if (!Number.isInteger(ambiguousRetries) || ambiguousRetries < 0) {
    const rule = "ambiguousRetries must be a whole number from 0 up";
    throw new ShardrockError("option-invalid", `${rule}, got ${ambiguousRetries}`);
  }
  const budget = (): RetryBudget => new RetryBudget({ share, floor });
  budget(); // tells now what is wrong with its options
  return {
    policy: ({ clock, random }) => new BudgetedPolicy({ clock, random, budget: budget(), ambiguousRetries }),
    health: ({ clock }) => new FailoverHealth({ clock }),
  };
}
