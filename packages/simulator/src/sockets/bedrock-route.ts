import type { WireRequest } from "./wire-request.ts";

export type BedrockOperation = "Converse" | "ConverseStream" | "InvokeModel" | "InvokeModelWithResponseStream";

/** Which operation a request calls, on which model or profile id (decoded). */
export interface BedrockRoute {
  readonly operation: BedrockOperation;
  readonly modelId: string;
}

const operations: Readonly<Record<string, BedrockOperation>> = {
  converse: "Converse",
  "converse-stream": "ConverseStream",
  invoke: "InvokeModel",
  "invoke-with-response-stream": "InvokeModelWithResponseStream",
};

/** Reads the path; undefined for any other. The id must be one segment: `%2F` and `%3A`, or a raw `:`. */
export function bedrockRouteOf(request: WireRequest): BedrockRoute | undefined {
  const [, modelId, name] = /^\/model\/([^/]+)\/([a-z-]+)$/.exec(request.path) ?? [];
  const operation = operations[name ?? ""];
  if (request.method !== "POST" || modelId === undefined || operation === undefined) return undefined;
  const decoded = decodeSegment(modelId);
  return decoded === undefined ? undefined : { operation, modelId: decoded };
}

export function isStreaming(operation: BedrockOperation): boolean {
  return operation === "ConverseStream" || operation === "InvokeModelWithResponseStream";
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // malformed percent-encoding names no model
  }
}
