import { answerAtOnce } from "./at-once.ts";
import type { BedrockRoute } from "./bedrock-route.ts";
import { countTokens } from "./count-tokens.ts";
import { type BedrockServiceOptions, type Exchange, recordFree, turnAway, validation } from "./exchange.ts";
import { applyGuardrail, arnOf } from "./guardrail.ts";

type RouteOf<Operation> = Extract<BedrockRoute, { readonly operation: Operation }>;

/** Counts the tokens of a prompt, for no quota. */
export function answerCountTokens(exchange: Exchange<RouteOf<"CountTokens">>, options: BedrockServiceOptions): void {
  answerFree(exchange, options, () => {
    const counted = countTokens(exchange.route.modelId, exchange.body);
    if (counted.kind === "invalid") return turnAway(exchange, validation(counted.message), options);
    serve(exchange, options, { inputTokens: counted.inputTokens });
  });
}

/** Judges texts by a guardrail of the caller's account and Region, for no quota of a model. */
export function answerApplyGuardrail(
  exchange: Exchange<RouteOf<"ApplyGuardrail">>,
  options: BedrockServiceOptions,
): void {
  const { identity, route, body } = exchange;
  answerFree(exchange, options, () => {
    const wanted = { id: route.guardrailId, version: route.version };
    const guardrail = options.guardrails.find(identity, wanted);
    if (guardrail === undefined) {
      const arn = wanted.id.startsWith("arn:") ? wanted.id : arnOf(identity, wanted.id);
      const message = `Could not find guardrail ${arn} with version ${wanted.version}.`;
      const error = { status: 404, type: "ResourceNotFoundException", message };
      return turnAway(exchange, { outcome: "invalid", error }, options);
    }
    if (body === undefined) return turnAway(exchange, validation("The request body is not a JSON object."), options);
    serve(exchange, options, applyGuardrail(guardrail, body));
  });
}

function answerFree(exchange: Exchange, options: BedrockServiceOptions, serve: () => void): void {
  const { answer, fault } = exchange;
  if (fault?.kind === "odd-answer") recordFree(exchange, "odd", options);
  answerAtOnce(fault, {
    answer,
    timers: options.timers,
    contentType: json["content-type"],
    serve,
    refuse: (error) => turnAway(exchange, { outcome: "failed", error }, options),
  });
}

function serve(exchange: Exchange, options: BedrockServiceOptions, body: object): void {
  recordFree(exchange, "served", options);
  exchange.answer.send(200, json, JSON.stringify(body));
}

const json = { "content-type": "application/json" } as const;
