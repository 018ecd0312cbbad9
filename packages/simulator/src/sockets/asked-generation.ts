import type { GeneratingOperation, GeneratingRoute } from "./bedrock-route.ts";
import { type BodyShape, bodyShapeOf } from "./body-shape.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { type JsonObject, listOf, objectOf, parseObject } from "./json-object.ts";
import { countPromptTokens } from "./prompt-tokens.ts";
import { headerOf, type WireRequest } from "./wire-request.ts";

/** What a request asks the model for, in true tokens. */
export interface AskedGeneration {
  readonly kind: "asked";
  /** Without what comes out of a cache or goes into one. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Undefined: the request does not say. */
  readonly maxTokens: number | undefined;
  /** What the model would write if nothing stopped it; undefined: the request does not say. */
  readonly outputTokens: number | undefined;
  readonly isStreaming: boolean;
  /** How the answer looks. */
  readonly dialect: Dialect;
}

/** The request is wrong in itself; `message` goes into a ValidationException. */
export interface InvalidRequest {
  readonly kind: "invalid";
  readonly message: string;
}

/**
 * The entry of a request's metadata that says how many tokens the simulated model writes. For Converse
 * `requestMetadata: { outputTokens: "129" }`; for InvokeModel the same as JSON text,
 * `requestMetadata: '{"outputTokens":"129"}'`, which travels in the header `x-amzn-bedrock-request-metadata`; the
 * OpenAI and Anthropic paths take that header too, and every body but Converse's `metadata: { outputTokens: "129" }`.
 */
export const outputTokensKey = "outputTokens";
/** Entries that say how much more input came out of a cache, or went into one. */
export const cacheReadTokensKey = "cacheReadTokens";
export const cacheWriteTokensKey = "cacheWriteTokens";

/** A generating request whose body is a JSON object. */
export interface ReadableRequest {
  readonly route: GeneratingRoute;
  readonly modelId: string;
  readonly body: JsonObject;
}

/** Reads what counts towards quotas out of a request of any dialect. */
export function readGeneration(
  { route, modelId, body }: ReadableRequest,
  request: WireRequest,
): AskedGeneration | InvalidRequest {
  const { operation } = route;
  const shape = bodyShapeOf(operation, modelId, body);
  const problem = promptProblem(shape, body);
  if (problem !== undefined) return invalid(problem);
  const maxTokens = shape.maxTokens.map((path) => valueAt(body, path)).find((value) => value !== undefined);
  if (maxTokens === undefined && operation === "Messages") return invalid("max_tokens: Field required");
  if (maxTokens !== undefined && !isPositiveInteger(maxTokens)) {
    return invalid(`The maximum tokens you requested is not a whole number from 1 up: ${JSON.stringify(maxTokens)}.`);
  }
  const hint = hintsOf(operation, body, request);
  return {
    kind: "asked",
    inputTokens: countPromptTokens(body, shape.prompt),
    cacheReadTokens: hint(cacheReadTokensKey) ?? 0,
    cacheWriteTokens: hint(cacheWriteTokensKey) ?? 0,
    maxTokens,
    outputTokens: hint(outputTokensKey),
    isStreaming: isStreaming(operation, body),
    dialect: shape.dialect,
  };
}

function promptProblem({ prompt: [member] }: BodyShape, body: JsonObject): string | undefined {
  if (member === "messages" && listOf(body["messages"]).length === 0) {
    return "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
  }
  if (body[member] !== undefined) return undefined;
  return `Malformed input request: #: required key [${member}] not found, please reformat your input and try again.`;
}

function isStreaming(operation: GeneratingOperation, body: JsonObject): boolean {
  switch (operation) {
    case "Converse":
    case "InvokeModel":
      return false;
    case "ConverseStream":
    case "InvokeModelWithResponseStream":
      return true;
    case "ChatCompletions":
    case "Responses":
    case "Messages":
      return body["stream"] === true;
    default:
      return operation satisfies never;
  }
}

function hintsOf(
  operation: GeneratingOperation,
  body: JsonObject,
  request: WireRequest,
): (key: string) => number | undefined {
  const isConverse = operation === "Converse" || operation === "ConverseStream";
  const header = parseObject(headerOf(request, "x-amzn-bedrock-request-metadata") ?? "{}");
  const metadata = isConverse ? objectOf(body["requestMetadata"]) : { ...objectOf(body["metadata"]), ...header };
  return (key) => {
    const tokens = Number(metadata[key]);
    return isPositiveInteger(tokens) ? tokens : undefined;
  };
}

function valueAt(body: JsonObject, path: string): unknown {
  return path.split(".").reduce<unknown>((value, member) => objectOf(value)[member], body);
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}

function invalid(message: string): InvalidRequest {
  return { kind: "invalid", message };
}
