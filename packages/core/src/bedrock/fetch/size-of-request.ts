import { isRecord } from "../config/plain-data.ts";
import type { ModelFamily } from "../fleet/model-catalogue.ts";
import type { RequestSize } from "../usage/request/request-size.ts";
import { sizeOfChat } from "../usage/request/size-of-chat.ts";
import { sizeOfConverse } from "../usage/request/size-of-converse.ts";
import { sizeOfCountTokens } from "../usage/request/size-of-count-tokens.ts";
import { sizeOfInvoke } from "../usage/request/size-of-invoke.ts";
import { sizeOfMessages } from "../usage/request/size-of-messages.ts";
import { sizeOfResponses } from "../usage/request/size-of-responses.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { Api } from "./routed-apis.ts";

/** A request as the book sees it, by the API it calls. */
export function sizeOfRequest({ kind, json }: IncomingRequest, family: ModelFamily): RequestSize {
  return kind.operation === "CountTokens" ? sizeOfCountTokens(asInput(json), family) : sizers[kind.api](json, family);
}

/** As the SDK would have it: over HTTP the body of an InvokeModel that is to be counted is base64. */
function asInput(json: IncomingRequest["json"]): object {
  const { invokeModel } = isRecord(json["input"]) ? json["input"] : {};
  if (!isRecord(invokeModel)) return json;
  return { input: { invokeModel: { body: Buffer.from(String(invokeModel["body"]), "base64") } } };
}

const sizers: Readonly<Record<Api, (json: object, family: ModelFamily) => RequestSize>> = {
  converse: sizeOfConverse,
  invoke: sizeOfInvoke,
  chat: sizeOfChat,
  responses: sizeOfResponses,
  messages: sizeOfMessages,
};
