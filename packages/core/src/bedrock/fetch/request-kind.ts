import { type RoutedApi, routedApis } from "./routed-apis.ts";

/** What the path of a request says of it. */
export interface RequestKind extends RoutedApi {
  /** The model's name, decoded; undefined: the body's `model` says. */
  readonly modelName: string | undefined;
}

/** For errors: what may be asked. */
export const routedPaths: string =
  "POST /model/{name}/converse, converse-stream, invoke, invoke-with-response-stream or count-tokens, " +
  "/openai/v1/chat/completions and /openai/v1/responses (also without /openai), " +
  "/anthropic/v1/messages and /anthropic/v1/messages/count_tokens (also without /anthropic)";

/**
 * Which API a path asks for; undefined for one that is not routed. The host means nothing: the model's targets say
 * which endpoint is called, and each endpoint has a path of its own.
 * The name of a model is one segment, as `arn%3A…%2F…` or with a raw `:`.
 */
export function requestKind(path: string): RequestKind | undefined {
  for (const api of routedApis) {
    const match = api.asked.exec(path);
    if (match !== null) return withName(api, match[1]);
  }
  return undefined;
}

function withName(api: RoutedApi, segment: string | undefined): RequestKind | undefined {
  try {
    return { ...api, modelName: segment && decodeURIComponent(segment) };
  } catch {
    return undefined; // malformed percent-encoding names no model
  }
}
