import type { ModelFamily } from "../../fleet/model-catalogue.ts";
import type { RequestSize } from "./request-size.ts";
import { sizeOfBody } from "./size-of-body.ts";

/**
 * Measures the body of Anthropic Messages.
 * @param body - JSON as text or bytes, or parsed.
 * Source: Anthropic, API reference, "Create a Message" (read 2026-11-22).
 */
export function sizeOfMessages(body: unknown, family: ModelFamily): RequestSize {
  return sizeOfBody(body, { family, maxTokensPaths: [["max_tokens"]] });
}
