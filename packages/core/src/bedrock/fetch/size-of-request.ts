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
  return kind.operation === "CountTokens" ? sizeOfCountTokens(json, family) : sizers[kind.api](json, family);
}

const sizers: Readonly<Record<Api, (json: object, family: ModelFamily) => RequestSize>> = {
  converse: sizeOfConverse,
  invoke: sizeOfInvoke,
  chat: sizeOfChat,
  responses: sizeOfResponses,
  messages: sizeOfMessages,
};
