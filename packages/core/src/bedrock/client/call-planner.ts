import type { ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-bedrock-runtime";
import type { Cost } from "../../budget/quota.ts";
import type { Candidate, Target } from "../../budget/target.ts";
import { NoEligibleTargetError } from "../../errors.ts";
import type { CallRequest } from "../../routing/call.ts";
import type { Explanation } from "../../routing/explain.ts";
import { platformSignal } from "../transport/abort-signal.ts";
import type { OutgoingCall } from "../transport/sdk-attempt.ts";
import type { BedrockCommand } from "../transport/bedrock-command.ts";
import type { BedrockEdge } from "./bedrock-edge.ts";
import { type Substitution, together } from "./binding.ts";
import { boundIds } from "./bound-ids.ts";
import { type CallDraft, CallDrafter } from "./call-draft.ts";
import { checkedOptions, type SendOptions } from "./call-options.ts";
import { type CommandKind, commandKind } from "../transport/command-kind.ts";
import { isRecord } from "../config/plain-data.ts";
import { type LeftOut, narrow } from "./narrow.ts";
import { checkRequestMetadata } from "./request-metadata.ts";
import { ResourceIds } from "./resource-ids.ts";
import { warnOfUnsetMaximum } from "./unset-maximum.ts";
import { withValueAt } from "./with-value-at.ts";

/** A call, as the router and as the transport need it. */
export interface PlannedCall<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  readonly request: CallRequest;
  readonly outgoing: OutgoingCall<Input, Output>;
}

/** What of an edge planning needs. */
export type PlannerEdge = Pick<BedrockEdge, "router" | "fleet" | "config" | "estimates">;

/** Turns commands into calls: which model, how large, where it may go, and what to learn from its end. */
export class CallPlanner {
  readonly #edge: PlannerEdge;
  readonly #resources: ResourceIds;
  readonly #drafter: CallDrafter;

  constructor(edge: PlannerEdge) {
    this.#edge = edge;
    this.#resources = new ResourceIds(edge.config.resources);
    const { fleet, estimates } = edge;
    this.#drafter = new CallDrafter({ fleet, estimates, resources: this.#resources });
  }

  /**
   * @throws {ShardrockError} `command-unsupported`, `request-invalid`, `model-unknown` or `option-invalid`.
   * @throws {NoEligibleTargetError} when ids in the call leave no target.
   */
  plan<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: BedrockCommand<Input, Output>,
    options: SendOptions,
  ): PlannedCall<Input, Output> {
    const { kind, draft, request, leftOut, substitutions } = this.#route(command, options);
    if (request.candidates.length === 0) throw nowhere(draft.pool, leftOut);
    if (draft.unlimited !== undefined) warnOfUnsetMaximum(this.#edge.router, draft.unlimited);
    const { shardrock: _ours, ...sdkOptions } = options;
    const { onUsage, onAnswer, idsAt } = draft;
    const inputFor = (target: Target): object => {
      const input = { ...draft.input, ...idsAt(target) };
      if (substitutions.length === 0) return input;
      let changed: unknown = input;
      for (const { path, valueAt } of substitutions) changed = withValueAt(changed, path, valueAt(target));
      return isRecord(changed) ? changed : input;
    };
    return { request, outgoing: { command, kind, options: sdkOptions, inputFor, onUsage, onAnswer } };
  }

  /**
   * Every candidate of a call as the router sees it now, best first, then those that ids in the call rule out.
   * @throws {ShardrockError} as `plan` does.
   */
  explain(command: { readonly input: object }, options: SendOptions): readonly Explanation[] {
    const { request, leftOut } = this.#route(command, options);
    const reasonAt = new Map(leftOut.map(({ target, reason }) => [target, reason]));
    const { router } = this.#edge;
    const out = router.explain({ ...request, candidates: candidatesOf([...reasonAt.keys()], {}) });
    return [
      ...router.explain(request),
      ...out.map((row) => ({ ...row, rank: undefined, reason: reasonAt.get(row.target) ?? row.reason })),
    ];
  }

  #route(command: { readonly input: object }, { shardrock = {}, abortSignal }: SendOptions): RoutableCall {
    const kind = commandKind(command);
    checkRequestMetadata(Reflect.get(command.input, "requestMetadata"));
    const asked = checkedOptions(shardrock);
    const draft = this.#drafter.draft(kind, { input: command.input, tenant: asked.tenant });
    const { pool, bytes, cost } = draft;
    const { accounts } = this.#edge.fleet;
    const bound = together(draft.bound, boundIds(kind, draft.input, { resources: this.#resources, accounts }));
    const { targets, leftOut, pin, lane } = narrow(draft.targets, bound, { pool, accounts });
    const lanes = [draft.lane, lane].filter((part) => part !== "").join("|");
    const signal = platformSignal(abortSignal);
    const request: CallRequest = {
      pool,
      candidates: candidatesOf(targets, cost),
      operation: kind.operation,
      isStream: kind.isStream,
      bytes,
      ...asked,
      ...(lanes !== "" && { lane: lanes }),
      ...(pin !== undefined && { pin }),
      ...(signal !== undefined && { signal }),
    };
    return { kind, draft, request, leftOut, substitutions: bound.substitutions };
  }
}

interface RoutableCall {
  readonly kind: CommandKind;
  readonly draft: CallDraft;
  readonly request: CallRequest;
  readonly leftOut: readonly LeftOut[];
  readonly substitutions: readonly Substitution[];
}

function candidatesOf(targets: readonly Target[], cost: Cost): readonly Candidate[] {
  return targets.map((target) => ({ target, cost }));
}

function nowhere(pool: string, leftOut: readonly LeftOut[]): NoEligibleTargetError {
  const reasons = leftOut.map(({ target, reason }) => `${target.id}: ${reason}`);
  return new NoEligibleTargetError(`no target of ${pool} may take this call:\n${reasons.join("\n")}`, reasons);
}
