import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import type { Health } from "./health.ts";

/** What a failover is built from. */
export interface FailoverParts {
  readonly clock: Clock;
  readonly random: Random;
}

/** What a router does about failures, made anew for each router: `@shardrock/failover` has one. */
export interface Failover {
  policy(parts: FailoverParts): FailoverPolicy;
  health(parts: FailoverParts): Health;
}
