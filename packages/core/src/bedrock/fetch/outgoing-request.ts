import type { HttpRequest } from "@smithy/types";
import type { Target } from "../../budget/target.ts";
import { isRecord } from "../config/plain-data.ts";
import type { IncomingRequest } from "./incoming-request.ts";

/** What of a request is the same for every target. */
export type RequestContent = Pick<IncomingRequest, "kind" | "headers" | "query" | "isStream" | "body" | "json">;

/**
 * The request as one target takes it, not yet signed: its endpoint, path and model id, and of the caller's headers
 * only those that Bedrock reads. What the caller signed or authorised itself with stays here.
 * @param endpoint - where the target's endpoint is in its Region.
 */
export function outgoingRequest(request: RequestContent, target: Target, endpoint: URL): HttpRequest {
  const body = bodyFor(request, target);
  return {
    method: "POST",
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port !== "" && { port: Number(endpoint.port) }),
    path: `${endpoint.pathname.replace(/\/$/, "")}${pathFor(request, target)}`,
    query: passedQuery(request.query),
    headers: { ...passedHeaders(request.headers), host: endpoint.host, "content-length": String(body.byteLength) },
    body,
  };
}

/**
 * Headers that mean something to Bedrock: content negotiation, the parameters of InvokeModel, Anthropic's versions.
 * All others stay behind: whatever authorises the caller elsewhere, cookies, ids of OpenAI organizations and projects
 * (a project exists in one account only), encodings we would have to undo.
 */
const passed = /^(?:accept|content-type|user-agent|anthropic-(?:version|beta)|x-amzn-bedrock-[a-z-]+)$/;

function passedHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = { "content-type": "application/json" };
  headers.forEach((value, name) => {
    if (passed.test(name)) kept[name] = value;
  });
  return kept;
}

/**
 * Anthropic's SDK marks calls of its beta API so. Bedrock reads nothing else here, and what else stands in a URL may be
 * the caller's authorisation: a presigned URL's parameters, a gateway's key.
 */
function passedQuery(query: URLSearchParams): Record<string, string> {
  const beta = query.get("beta");
  return beta === null ? {} : { beta };
}

/** A literal `/` of an ARN would name no operation, which AWS answers with HTTP 200. */
function pathFor({ kind }: RequestContent, { endpoint, modelId }: Target): string {
  return (kind.at[endpoint] ?? "/").replace("{model}", () => encodeURIComponent(modelId));
}

function bodyFor({ kind, isStream, json, body }: RequestContent, { modelId }: Target): Buffer {
  if (kind.modelName !== undefined) return body;
  // Without it, a chat stream does not say what it used.
  const options = isRecord(json["stream_options"]) ? json["stream_options"] : {};
  const withUsage = kind.api === "chat" && isStream && { stream_options: { ...options, include_usage: true } };
  return Buffer.from(JSON.stringify({ ...json, model: modelId, ...withUsage }));
}
