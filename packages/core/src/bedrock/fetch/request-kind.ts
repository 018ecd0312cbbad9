/** The APIs of Bedrock that are routed; each has its own bodies, errors and streams. */
export type Api = "converse" | "invoke" | "chat" | "responses" | "messages";

/** What the path of a request says of it. */
export interface RequestKind {
  readonly api: Api;
  /** The API's name for it, for events. */
  readonly operation: string;
  /** Undefined: the body's `stream` says. */
  readonly isStream: boolean | undefined;
  /** The model's name, decoded; undefined: the body's `model` says. */
  readonly modelName: string | undefined;
}

/**
 * Which API a path belongs to; undefined for one that is not routed. The host means nothing: the model's targets say
 * which endpoint is called, and each endpoint has a path of its own.
 * The name of a model is one segment, as `arn%3A…%2F…` or with a raw `:`.
 */
export function requestKind(path: string): RequestKind | undefined {
  const [, segment, last = ""] = /^\/model\/([^/]+)\/([a-z-]+)$/.exec(path) ?? [];
  const ofModel = modelOperations[last];
  if (segment !== undefined && ofModel !== undefined) return withName(ofModel, segment);
  const ofBody = bodyApis.find(({ pattern }) => pattern.test(path));
  return ofBody && { ...ofBody.kind, isStream: undefined, modelName: undefined };
}

/** For errors: what may be asked. */
export const routedPaths: string =
  "POST /model/{name}/converse, converse-stream, invoke or invoke-with-response-stream, /openai/v1/chat/completions, " +
  "/openai/v1/responses (both also without /openai) and /anthropic/v1/messages";

type Operation = Omit<RequestKind, "modelName">;

const modelOperations: Readonly<Record<string, Operation>> = {
  converse: { api: "converse", operation: "Converse", isStream: false },
  "converse-stream": { api: "converse", operation: "ConverseStream", isStream: true },
  invoke: { api: "invoke", operation: "InvokeModel", isStream: false },
  "invoke-with-response-stream": { api: "invoke", operation: "InvokeModelWithResponseStream", isStream: true },
};

/** Source: AWS, "Endpoints supported by Amazon Bedrock", and the SDKs' own base URLs (read 2026-11-22). */
const bodyApis: readonly { readonly pattern: RegExp; readonly kind: Pick<RequestKind, "api" | "operation"> }[] = [
  { pattern: /^(?:\/openai)?\/v1\/chat\/completions$/, kind: { api: "chat", operation: "ChatCompletions" } },
  { pattern: /^(?:\/openai)?\/v1\/responses$/, kind: { api: "responses", operation: "Responses" } },
  { pattern: /^(?:\/anthropic)?\/v1\/messages$/, kind: { api: "messages", operation: "Messages" } },
];

function withName(operation: Operation, segment: string): RequestKind | undefined {
  try {
    return { ...operation, modelName: decodeURIComponent(segment) };
  } catch {
    return undefined; // malformed percent-encoding names no model
  }
}
