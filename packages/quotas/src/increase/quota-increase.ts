import { ShardrockError } from "@shardrock/core";
import { checkPlan } from "./check-plan.ts";
import { decideWishes } from "./decide-wishes.ts";
import { increaseLines } from "./increase-lines.ts";
import type { IncreasePlan, IncreaseRequest, RefusedIncrease } from "./increase-plan.ts";
import { sendRequests } from "./send-requests.ts";
import type { IncreaseResult } from "./send-requests.ts";

/** What sending takes. */
export interface SendIncrease {
  /** Must be `true`: whoever sends has read what is asked. */
  readonly confirm: true;
  /** Calls off what has not been sent yet. */
  readonly signal?: AbortSignal | undefined;
}

/** Requests that are ready and have not been sent. */
export interface PreparedIncrease {
  /** In the order they are sent. */
  readonly requests: readonly IncreaseRequest[];
  /** What is wished for and cannot be asked this way. */
  readonly refused: readonly RefusedIncrease[];
  /** All of it in words, one line each, for people to read before they confirm. */
  readonly lines: readonly string[];
  /**
   * Sends the requests, once: a second call sends nothing and resolves with what became of the first. What was open when
   * the plan was made is looked up again before.
   * @returns what became of each request, in their order; a failed one does not keep the others back.
   * @throws {ShardrockError} `option-invalid` without `confirm: true` or without a desk; then nothing is sent.
   */
  send(options: SendIncrease): Promise<readonly IncreaseResult[]>;
}

/**
 * Prepares requests for higher quotas. Sends nothing, and reads nothing but the plan.
 * @throws {ShardrockError} `option-invalid` for a plan that breaks a rule.
 */
export function quotaIncrease(plan: IncreasePlan): PreparedIncrease {
  checkPlan(plan);
  const decisions = decideWishes(plan);
  const requests = decisions.flatMap((each) => (each.kind === "request" ? [each.request] : []));
  const refused = decisions.flatMap((each) => (each.kind === "refused" ? [each.refused] : []));
  // What is sent is what was planned, whatever becomes of the lists the caller holds.
  const open = [...plan.open];
  const { desk } = plan;
  let sent: Promise<readonly IncreaseResult[]> | undefined;
  return {
    requests: requests.map((request) => ({ ...request })),
    refused,
    lines: increaseLines(decisions),
    async send({ confirm, signal = new AbortController().signal }) {
      if (!isTrue(confirm)) {
        throw new ShardrockError(
          "option-invalid",
          `confirm must be true to send ${requests.length} requests, got ${confirm}`,
        );
      }
      if (desk === undefined) throw new ShardrockError("option-invalid", "desk must be given to send, got undefined");
      sent ??= sendRequests(requests, { desk, open, signal });
      return sent;
    },
  };
}

/** Nothing but `true` itself confirms: plain JavaScript calls this, too. */
function isTrue(value: unknown): boolean {
  return value === true;
}
