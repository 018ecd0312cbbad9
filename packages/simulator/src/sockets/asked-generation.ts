import type { BedrockRoute } from "./bedrock-route.ts";
import { countWordTokens } from "./simulated-tokenizer.ts";
import { headerOf, type WireRequest } from "./wire-request.ts";

/** What a request asks the model for, in true tokens. */
export interface AskedGeneration {
  readonly kind: "asked";
  readonly inputTokens: number;
  /** Undefined: the request does not say. */
  readonly maxTokens: number | undefined;
  /** What the model would write if nothing stopped it; undefined: the request does not say. */
  readonly outputTokens: number | undefined;
  /** The body says `anthropic_version`; the id of an application profile does not say whose model it is. */
  readonly isAnthropic: boolean;
}

/** The request is wrong in itself; `message` goes into a ValidationException. */
export interface InvalidRequest {
  readonly kind: "invalid";
  readonly message: string;
}

/**
 * The entry of a request's metadata that says how many tokens the simulated model writes. For Converse
 * `requestMetadata: { outputTokens: "129" }`; for InvokeModel the same as JSON text,
 * `requestMetadata: '{"outputTokens":"129"}'`, which travels in the header `x-amzn-bedrock-request-metadata`.
 */
export const outputTokensKey = "outputTokens";

/** Reads what counts towards quotas out of a request of any dialect. */
export function readGeneration(route: BedrockRoute, request: WireRequest): AskedGeneration | InvalidRequest {
  const body = parseObject(request.body.toString("utf8"));
  if (body === undefined) return invalid("Malformed input request, please reformat your input and try again.");
  if (listOf(body["messages"]).length === 0) {
    return invalid(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  }
  const config = objectOf(body["inferenceConfig"]);
  const maxTokens = config["maxTokens"] ?? config["max_new_tokens"] ?? body["max_tokens"];
  if (maxTokens !== undefined && !isPositiveInteger(maxTokens)) {
    return invalid(`The maximum tokens you requested is not a whole number from 1 up: ${JSON.stringify(maxTokens)}.`);
  }
  const isConverse = route.operation === "Converse" || route.operation === "ConverseStream";
  const metadata = isConverse ? objectOf(body["requestMetadata"]) : metadataHeaderOf(request);
  const outputTokens = Number(metadata[outputTokensKey]);
  return {
    kind: "asked",
    inputTokens: Math.max(1, countPromptTokens(body)),
    maxTokens,
    outputTokens: isPositiveInteger(outputTokens) ? outputTokens : undefined,
    isAnthropic: "anthropic_version" in body,
  };
}

/** Text of messages and system prompt, and the JSON of tools and their use; images and documents count nothing here. */
function countPromptTokens(body: JsonObject): number {
  const tools = body["toolConfig"] ?? body["tools"];
  const messages = listOf(body["messages"]).map((message) => objectOf(message)["content"]);
  return (
    countBlocks([body["system"], ...messages]) + (tools === undefined ? 0 : countWordTokens(JSON.stringify(tools)))
  );
}

function countBlocks(content: unknown): number {
  if (typeof content === "string") return countWordTokens(content);
  if (Array.isArray(content)) return content.reduce<number>((sum, block) => sum + countBlocks(block), 0);
  const block = objectOf(content);
  const toolUse = objectOf(block["toolUse"])["input"] ?? block["input"] ?? block["json"];
  const toolResult = objectOf(block["toolResult"])["content"] ?? block["content"];
  return (
    (typeof block["text"] === "string" ? countWordTokens(block["text"]) : 0) +
    (toolUse === undefined ? 0 : countWordTokens(JSON.stringify(toolUse))) +
    (toolResult === undefined ? 0 : countBlocks(toolResult))
  );
}

function metadataHeaderOf(request: WireRequest): JsonObject {
  return parseObject(headerOf(request, "x-amzn-bedrock-request-metadata") ?? "{}") ?? {};
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // the caller answers that the body is malformed
  }
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}

function invalid(message: string): InvalidRequest {
  return { kind: "invalid", message };
}
