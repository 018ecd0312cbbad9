import type { Cost } from "../../budget/quota.ts";
import type { Target } from "../../budget/target.ts";
import { NoEligibleTargetError } from "../../errors.ts";
import type { AttemptCall, CallRequest } from "../../routing/call.ts";
import type { BedrockEdge } from "../client/bedrock-edge.ts";
import { together } from "../client/binding.ts";
import { type CallOptions, checkedOptions } from "../client/call-options.ts";
import { type AskedModel, ModelIndex } from "../client/model-index.ts";
import { narrow } from "../client/narrow.ts";
import { ResourceIds } from "../client/resource-ids.ts";
import { warnOfUnsetMaximum } from "../client/unset-maximum.ts";
import type { ServedModel } from "../fleet/served-model.ts";
import type { UsageReading } from "../usage/answer/token-usage.ts";
import { holdCost } from "../usage/cost.ts";
import type { Estimates } from "../usage/estimates/estimates.ts";
import { learnCount, type PlannedSize, settleCall } from "../usage/settle-call.ts";
import { boundRequest } from "./bound-request.ts";
import { filledRequest } from "./filled-request.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import { sizeOfRequest } from "./size-of-request.ts";

/** A request, as the router and the attempts need it. */
export interface PlannedRequest {
  readonly request: CallRequest;
  /** What one target is sent: the ids in the request may differ from account to account. */
  readonly contentFor: (target: Target) => IncomingRequest;
  /** Told once, when the call has ended well: the answer when it was no stream, and what AWS said it used. */
  readonly onEnd: (end: EndedRequest) => void;
}

export interface EndedRequest {
  readonly reading: UsageReading;
  readonly call: AttemptCall;
  readonly target: Target;
  /** Parsed; undefined for a stream. */
  readonly answer: unknown;
}

/** Turns requests into calls: which model, how large, where it may go, and what to learn from its end. */
export class RequestPlanner {
  readonly #edge: BedrockEdge;
  readonly #resources: ResourceIds;
  readonly #models = new Map<string, ModelIndex>();

  constructor(edge: BedrockEdge) {
    this.#edge = edge;
    this.#resources = new ResourceIds(edge.config.resources);
  }

  /**
   * @throws {ShardrockError} `model-unknown`, `request-invalid` or `option-invalid`.
   * @throws {NoEligibleTargetError} when ids in the request leave no target.
   */
  plan(incoming: IncomingRequest, options: CallOptions): PlannedRequest {
    const { kind, isStream, signal, body } = incoming;
    const { fleet, estimates, router } = this.#edge;
    const { accounts } = fleet;
    const asked = this.#asked(incoming);
    const { model } = asked;
    const wishes = checkedOptions(options);
    const { content, ...planned } = this.#sized(incoming, model, wishes.tenant);
    const { size } = planned;
    const { bound: ofIds, contentFor } = boundRequest(content, { resources: this.#resources, accounts });
    const bound = together({ bindings: asked.bindings, unplaced: [], substitutions: [] }, ofIds);
    const { targets, leftOut, pin, lane } = narrow(asked.targets, bound, { pool: model.name, accounts });
    if (targets.length === 0) throw nowhere(model, leftOut);
    const costAt = this.#costs(planned);
    const lanes = [kind.isCount ? kind.operation : "", asked.lane, lane].filter((part) => part !== "").join("|");
    if (size.maxTokens === undefined && !kind.isCount) warnOfUnsetMaximum(router, model);
    return {
      request: {
        pool: model.name,
        candidates: targets.map((target) => ({ target, cost: kind.isCount ? {} : costAt[target.endpoint] })),
        bytes: body.byteLength,
        operation: kind.operation,
        isStream,
        ...wishes,
        ...(lanes !== "" && { lane: lanes }),
        ...(pin !== undefined && { pin }),
        ...(signal !== undefined && { signal }),
      },
      contentFor,
      onEnd: (end) =>
        kind.isCount ? endCount(end, planned, estimates) : settleCall({ ...end, ...planned }, estimates),
    };
  }

  /** Either endpoint may serve a call that both understand: the model's targets decide, not the URL. */
  #asked({ kind, modelName }: IncomingRequest): AskedModel {
    const endpoints = (["runtime", "mantle"] as const).filter((endpoint) => kind.at[endpoint] !== undefined);
    const key = endpoints.join();
    const index = this.#models.get(key) ?? new ModelIndex(this.#edge.fleet, endpoints);
    this.#models.set(key, index);
    return kind.isCount && kind.at.runtime !== undefined ? index.toCount(modelName) : index.toServe(modelName);
  }

  /** The request with what is filled in, and its size. */
  #sized(incoming: IncomingRequest, model: ServedModel, tenant: string | undefined): SizedRequest {
    const size = sizeOfRequest(incoming, model.family);
    const isOpen = size.maxTokens === undefined && !incoming.kind.isCount;
    const maxTokens = isOpen ? this.#edge.estimates.filledMaxTokens(model, tenant) : undefined;
    const filled = maxTokens && filledRequest(incoming, model.family, maxTokens);
    if (!filled) return { content: incoming, model, size, tenant, filledMaxTokens: undefined };
    return { content: filled, model, size: { ...size, maxTokens }, tenant, filledMaxTokens: maxTokens };
  }

  #costs({ model, size, tenant }: PlannedSize): Readonly<Record<Target["endpoint"], Cost>> {
    const tokensPerByte = this.#edge.estimates.tokensPerByte(model, tenant);
    const rules = { tokensPerByte, maxOutputTokens: model.maxOutputTokens };
    return {
      runtime: holdCost(size, { ...rules, endpoint: "runtime" }),
      mantle: holdCost(size, { ...rules, endpoint: "mantle" }),
    };
  }
}

interface SizedRequest extends PlannedSize {
  readonly content: IncomingRequest;
}

/** Free, and exact: what it counts teaches the ratio as a finished call would. */
function endCount({ call, answer }: EndedRequest, planned: PlannedSize, estimates: Estimates): void {
  call.settle({});
  learnCount(answer, planned, estimates);
}

function nowhere({ name }: ServedModel, leftOut: ReturnType<typeof narrow>["leftOut"]): NoEligibleTargetError {
  const reasons = leftOut.map(({ target, reason }) => `${target.id}: ${reason}`);
  return new NoEligibleTargetError(`no target of ${name} may take this call:\n${reasons.join("\n")}`, reasons);
}
