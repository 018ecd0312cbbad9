import type { ModelFamily } from "../../fleet/model-catalogue.ts";
import type { RequestSize } from "./request-size.ts";
import { sizeOfBody } from "./size-of-body.ts";

/**
 * Measures the body of OpenAI Chat Completions.
 * @param body - JSON as text or bytes, or parsed.
 * Source: OpenAI, API reference, "Create chat completion" (read 2026-11-22).
 */
export function sizeOfChat(body: unknown, family: ModelFamily): RequestSize {
  return sizeOfBody(body, { family, maxTokensPaths: [["max_completion_tokens"], ["max_tokens"]] });
}
