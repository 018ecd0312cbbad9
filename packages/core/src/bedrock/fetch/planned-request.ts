import type { Target } from "../../budget/target.ts";
import { NoEligibleTargetError } from "../../errors.ts";
import type { AttemptCall, CallRequest } from "../../routing/call.ts";
import type { BedrockEdge } from "../client/bedrock-edge.ts";
import { type ServedModel, servedModel } from "../fleet/served-model.ts";
import { estimateCost, type RequestSize, sizeOfConverse, sizeOfInvoke } from "../usage/estimate.ts";
import { rulesOf } from "../usage/family-rules.ts";
import { actualCost, promptTokens, type Usage } from "../usage/measure.ts";
import { TokenRatio } from "../usage/token-ratio.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { RequestKind } from "./request-kind.ts";

/** A request, as the router and the attempts need it. */
export interface PlannedRequest {
  readonly request: CallRequest;
  /** Told once, when the call has ended well: what it used, or undefined when AWS did not say. */
  readonly onUsage: (usage: Usage | undefined, call: AttemptCall) => void;
}

/** Turns requests into calls: which model, how large, where it may go, and what to learn from its end. */
export class RequestPlanner {
  readonly #edge: Pick<BedrockEdge, "fleet">;
  readonly #ratios = new Map<string, TokenRatio>();

  constructor(edge: Pick<BedrockEdge, "fleet">) {
    this.#edge = edge;
  }

  /**
   * @throws {ShardrockError} `model-unknown`.
   * @throws {NoEligibleTargetError} when no endpoint that serves the model has this API.
   */
  plan(incoming: IncomingRequest): PlannedRequest {
    const { kind, modelName, isStream, signal } = incoming;
    const model = servedModel(this.#edge.fleet, modelName);
    const size = sizeOf(incoming, model);
    const ratio = this.#ratioOf(model);
    const { cost } = estimateCost(size, ratio.tokensPerByte, model.maxOutputTokens);
    return {
      request: {
        pool: model.name,
        candidates: targetsFor(kind, model).map((target) => ({ target, cost: kind.isCount ? {} : cost })),
        bytes: size.bytes,
        operation: kind.operation,
        isStream,
        ...(signal !== undefined && { signal }),
      },
      onUsage(usage, call) {
        if (kind.isCount) return call.settle({});
        call.settle(usage && actualCost(usage, model.burndown));
        if (usage !== undefined && size.blockTokens === 0) ratio.learn(size.textBytes, promptTokens(usage));
      },
    };
  }

  #ratioOf({ name, family }: ServedModel): TokenRatio {
    const known = this.#ratios.get(name);
    if (known !== undefined) return known;
    const ratio = new TokenRatio(rulesOf(family).tokensPerByte);
    this.#ratios.set(name, ratio);
    return ratio;
  }
}

/** Either endpoint may serve a call that both understand: the model's targets decide, not the URL. */
function targetsFor({ at, isCount, operation }: RequestKind, model: ServedModel): readonly Target[] {
  const all = isCount && at.runtime !== undefined ? model.countTargets : model.targets;
  const targets = all.filter(({ endpoint }) => at[endpoint] !== undefined);
  if (targets.length > 0) return targets;
  const endpoints = Object.keys(at).map((endpoint) => `bedrock-${endpoint}`);
  const message = `${model.name} has no target for ${operation}: only ${endpoints.join(" and ")} has it`;
  throw new NoEligibleTargetError(message, []);
}

function sizeOf({ kind, json, body }: IncomingRequest, { family }: ServedModel): RequestSize {
  return kind.api === "converse" ? sizeOfConverse(json, family) : sizeOfInvoke(body, family);
}
