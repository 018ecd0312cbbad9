import type { Target } from "../../budget/target.ts";
import type { BoundIds, Substitution } from "../client/binding.ts";
import { boundIds, type BoundIdsOptions } from "../client/bound-ids.ts";
import { checkRequestMetadata } from "../client/request-metadata.ts";
import { withValueAt } from "../client/with-value-at.ts";
import { isRecord } from "../config/plain-data.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import { keptIds } from "./kept-ids.ts";

/** The ids in a request that exist in some accounts only, and the request with those of one target. */
export interface BoundRequest {
  readonly bound: BoundIds;
  readonly contentFor: (target: Target) => IncomingRequest;
}

/**
 * Reads a request as the SDK's input of the same operation: Converse's body is that input, InvokeModel has its guardrail
 * in a header, as have the APIs of OpenAI and Anthropic on bedrock-runtime.
 * @throws {ShardrockError} `request-invalid` for metadata that AWS would refuse.
 */
export function boundRequest(incoming: IncomingRequest, options: BoundIdsOptions): BoundRequest {
  const { kind, json, headers, body, isStream } = incoming;
  if (kind.operation === "CountTokens") {
    const bound = boundIds({ api: "count", operation: kind.operation, isStream }, json, options);
    return { bound, contentFor: (target) => withJson(incoming, bound.substitutions, target) };
  }
  if (kind.api === "converse") {
    checkRequestMetadata(json["requestMetadata"]);
    const bound = boundIds({ api: "converse", operation: kind.operation, isStream }, json, options);
    return { bound, contentFor: (target) => withJson(incoming, bound.substitutions, target) };
  }
  checkRequestMetadata(headers.get(metadataHeader) ?? undefined);
  const guardrailIdentifier = headers.get(guardrailHeader) ?? undefined;
  const input = { guardrailIdentifier, ...(kind.modelName !== undefined && { body }) };
  const ids = boundIds({ api: "invoke", operation: kind.operation, isStream }, input, options);
  const unplaced = kind.api === "responses" ? keptIds(json) : [];
  const bound = unplaced.length === 0 ? ids : { ...ids, unplaced: [...ids.unplaced, ...unplaced] };
  return { bound, contentFor: (target) => withInvoke(incoming, input, { substitutions: bound.substitutions, target }) };
}

/** Source: Bedrock Runtime service model, InvokeModel (read 2026-11-22). */
const guardrailHeader = "x-amzn-bedrock-guardrailidentifier";
const metadataHeader = "x-amzn-bedrock-request-metadata";

function withJson(incoming: IncomingRequest, substitutions: readonly Substitution[], target: Target): IncomingRequest {
  const json = substituted(incoming.json, substitutions, target);
  return json === incoming.json || !isRecord(json)
    ? incoming
    : { ...incoming, json, body: Buffer.from(JSON.stringify(json)) };
}

function withInvoke(
  incoming: IncomingRequest,
  input: object,
  { substitutions, target }: { readonly substitutions: readonly Substitution[]; readonly target: Target },
): IncomingRequest {
  const there = substituted(input, substitutions, target);
  if (there === input || !isRecord(there)) return incoming;
  const headers = new Headers(incoming.headers);
  if (typeof there["guardrailIdentifier"] === "string") headers.set(guardrailHeader, there["guardrailIdentifier"]);
  return {
    ...incoming,
    headers,
    body: there["body"] instanceof Uint8Array ? Buffer.from(there["body"]) : incoming.body,
  };
}

function substituted(input: unknown, substitutions: readonly Substitution[], target: Target): unknown {
  return substitutions.reduce((changed, { path, valueAt }) => withValueAt(changed, path, valueAt(target)), input);
}
