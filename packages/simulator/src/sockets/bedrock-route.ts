import type { WireRequest } from "./wire-request.ts";

/** Which of Bedrock's two inference services a request was signed for. */
export type BedrockEndpoint = "runtime" | "mantle";

/** Operations that ask a model to write something. */
export type GeneratingOperation =
  | "Converse"
  | "ConverseStream"
  | "InvokeModel"
  | "InvokeModelWithResponseStream"
  | "ChatCompletions"
  | "Responses"
  | "Messages";

export type BedrockOperation = GeneratingOperation | "CountTokens" | "ApplyGuardrail";

/** Which operation a request calls, and on what (decoded). */
export type BedrockRoute =
  | {
      readonly operation: GeneratingOperation;
      /** Model or profile id; undefined: the body names it. */
      readonly modelId: string | undefined;
    }
  | { readonly operation: "CountTokens"; readonly modelId: string }
  | { readonly operation: "ApplyGuardrail"; readonly guardrailId: string; readonly version: string };

export type GeneratingRoute = Extract<BedrockRoute, { readonly operation: GeneratingOperation }>;

/**
 * Reads the path; undefined for any that the endpoint does not have. An id must be one segment: `%2F` and `%3A`, or a
 * raw `:`.
 * Source: bedrock-facts.md, section 8; "Supported endpoints" of the Bedrock User Guide (2026-11-22).
 */
export function bedrockRouteOf(request: WireRequest, endpoint: BedrockEndpoint): BedrockRoute | undefined {
  if (request.method !== "POST") return undefined;
  const operation = (endpoint === "mantle" ? mantlePaths : runtimePaths).get(request.path);
  if (operation !== undefined) return { operation, modelId: undefined };
  return endpoint === "mantle" ? undefined : (modelRouteOf(request.path) ?? guardrailRouteOf(request.path));
}

type Paths = ReadonlyMap<string, GeneratingOperation>;

const runtimePaths: Paths = new Map([
  ["/openai/v1/chat/completions", "ChatCompletions"],
  ["/openai/v1/responses", "Responses"],
  ["/anthropic/v1/messages", "Messages"],
]);
const mantlePaths: Paths = new Map([
  ...runtimePaths,
  ["/v1/chat/completions", "ChatCompletions"],
  ["/v1/responses", "Responses"],
]);

const modelOperations: Paths = new Map([
  ["converse", "Converse"],
  ["converse-stream", "ConverseStream"],
  ["invoke", "InvokeModel"],
  ["invoke-with-response-stream", "InvokeModelWithResponseStream"],
]);

function modelRouteOf(path: string): BedrockRoute | undefined {
  const [, segment, name = ""] = /^\/model\/([^/]+)\/([a-z-]+)$/.exec(path) ?? [];
  const modelId = decodeSegment(segment);
  if (modelId === undefined) return undefined;
  if (name === "count-tokens") return { operation: "CountTokens", modelId };
  const operation = modelOperations.get(name);
  return operation && { operation, modelId };
}

function guardrailRouteOf(path: string): BedrockRoute | undefined {
  const [, segment, versionSegment] = /^\/guardrail\/([^/]+)\/version\/([^/]+)\/apply$/.exec(path) ?? [];
  const guardrailId = decodeSegment(segment);
  const version = decodeSegment(versionSegment);
  if (guardrailId === undefined || version === undefined) return undefined;
  return { operation: "ApplyGuardrail", guardrailId, version };
}

/** One segment of a path; undefined when it is none, or malformed. */
export function decodeSegment(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined; // malformed percent-encoding names nothing
  }
}
