import type { Answer } from "./answer.ts";
import { apiStyleOf } from "./api-error.ts";
import type { Authenticated } from "./authenticate.ts";
import { sendUnknownOperation } from "./bedrock-answers.ts";
import { type BedrockRoute, bedrockRouteOf } from "./bedrock-route.ts";
import type { BedrockServiceOptions } from "./exchange.ts";
import { answerApplyGuardrail, answerCountTokens } from "./free-operations.ts";
import { GenerationService } from "./generation-service.ts";
import { type JsonObject, parseObject } from "./json-object.ts";
import type { RequestIdentity } from "./running-call.ts";
import type { WireRequest } from "./wire-request.ts";

/** bedrock-runtime and bedrock-mantle. */
export class BedrockService {
  readonly #options: BedrockServiceOptions;
  readonly #generation: GenerationService;

  constructor(options: BedrockServiceOptions) {
    this.#options = options;
    this.#generation = new GenerationService(options);
  }

  answer(request: WireRequest, caller: Authenticated, answer: Answer): void {
    const endpoint = caller.service === "bedrock-mantle" ? "mantle" : "runtime";
    const route = bedrockRouteOf(request, endpoint);
    if (route === undefined) return sendUnknownOperation(answer);
    const body = parseObject(request.body.toString("utf8"));
    const identity: RequestIdentity = {
      accountId: caller.principal.accountId,
      region: caller.region,
      endpoint,
      operation: route.operation,
      modelId: calledIdOf(route, body),
      requestId: answer.requestId,
    };
    this.#options.tally.arrived(identity);
    const fault = this.#options.faultAt(identity);
    const exchange = { request, body, caller, identity, style: apiStyleOf(request.path), answer, fault };
    switch (route.operation) {
      case "CountTokens":
        return answerCountTokens({ ...exchange, route }, this.#options);
      case "ApplyGuardrail":
        return answerApplyGuardrail({ ...exchange, route }, this.#options);
      default:
        return this.#generation.answer({ ...exchange, route });
    }
  }
}

function calledIdOf(route: BedrockRoute, body: JsonObject | undefined): string {
  if (route.operation === "ApplyGuardrail") return route.guardrailId;
  const named = body?.["model"];
  return route.modelId ?? (typeof named === "string" ? named : "");
}
