import { isRecord } from "../config/plain-data.ts";
import type { ModelFamily } from "../fleet/model-catalogue.ts";
import { rulesOf } from "../usage/request/family-rules.ts";
import { chatPath, conversePath, filledFields, responsesPath } from "../usage/request/fill-max-tokens.ts";
import type { FieldPath } from "../usage/request/max-tokens.ts";
import type { IncomingRequest } from "./incoming-request.ts";

/** The request with a maximum of output tokens where its caller set none; undefined when one may not be added. */
export function filledRequest(
  incoming: IncomingRequest,
  family: ModelFamily,
  maxTokens: number,
): IncomingRequest | undefined {
  const path = pathOf(incoming, family);
  const json = path && filledFields(incoming.json, path, maxTokens);
  return isRecord(json) ? { ...incoming, json, body: Buffer.from(JSON.stringify(json)) } : undefined;
}

/** Anthropic demands a maximum: a call without one is for AWS to refuse. */
function pathOf({ kind }: IncomingRequest, family: ModelFamily): FieldPath | undefined {
  switch (kind.api) {
    case "converse":
      return conversePath;
    case "invoke":
      return rulesOf(family).fillPath;
    case "chat":
      return chatPath;
    case "responses":
      return responsesPath;
    case "messages":
      return undefined;
    default:
      return kind.api satisfies never;
  }
}
