import type { Target } from "../../budget/target.ts";
import { NoEligibleTargetError } from "../../errors.ts";
import type { AttemptCall, CallRequest } from "../../routing/call.ts";
import type { BedrockEdge } from "../client/bedrock-edge.ts";
import { type ServedModel, servedModel } from "../fleet/served-model.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { actualCost, holdCost, promptTokens } from "../usage/cost.ts";
import { rulesOf } from "../usage/request/family-rules.ts";
import type { RequestSize } from "../usage/request/request-size.ts";
import { sizeOfChat } from "../usage/request/size-of-chat.ts";
import { sizeOfConverse } from "../usage/request/size-of-converse.ts";
import { sizeOfInvoke } from "../usage/request/size-of-invoke.ts";
import { sizeOfMessages } from "../usage/request/size-of-messages.ts";
import { sizeOfResponses } from "../usage/request/size-of-responses.ts";
import { TokenRatio } from "../usage/token-ratio.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { RequestKind } from "./request-kind.ts";
import type { Api } from "./routed-apis.ts";

/** A request, as the router and the attempts need it. */
export interface PlannedRequest {
  readonly request: CallRequest;
  /** Told once, when the call has ended well: what AWS said it used. */
  readonly onUsage: (usage: UsageReading, call: AttemptCall, target: Target) => void;
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
    const rules = { tokensPerByte: ratio.tokensPerByte, maxOutputTokens: model.maxOutputTokens };
    const costs = {
      runtime: holdCost(size, { ...rules, endpoint: "runtime" }),
      mantle: holdCost(size, { ...rules, endpoint: "mantle" }),
    };
    return {
      request: {
        pool: model.name,
        candidates: targetsFor(kind, model).map((target) => {
          return { target, cost: kind.isCount ? {} : costs[target.endpoint] };
        }),
        bytes: size.bytes,
        operation: kind.operation,
        isStream,
        ...(signal !== undefined && { signal }),
      },
      onUsage(reading, call, target) {
        if (kind.isCount) return call.settle({});
        if (reading.kind !== "reported") return call.settle(undefined);
        const { usage } = reading;
        call.note({ usage });
        call.settle(actualCost(usage, model.burndown, target.endpoint));
        // Only text teaches the ratio: blocks go by rules.
        if (size.blockTokens === 0) ratio.learn(size.textBytes, promptTokens(usage));
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
  return { ...sizers[kind.api](json, family), bytes: body.byteLength };
}

const sizers: Readonly<Record<Api, (json: object, family: ServedModel["family"]) => RequestSize>> = {
  converse: sizeOfConverse,
  invoke: sizeOfInvoke,
  chat: sizeOfChat,
  responses: sizeOfResponses,
  messages: sizeOfMessages,
};
