import type { ModelFamily } from "../../fleet/model-catalogue.ts";
import type { RequestSize } from "./request-size.ts";
import { sizeOfBody } from "./size-of-body.ts";

/**
 * Measures the body of OpenAI Responses. What an earlier response it names holds (`previous_response_id`) cannot be seen:
 * it counts as a page, so that such a call does not teach the model's token ratio.
 * @param body - JSON as text or bytes, or parsed.
 * Source: OpenAI, API reference, "Create a model response" (read 2026-11-22).
 */
export function sizeOfResponses(body: unknown, family: ModelFamily): RequestSize {
  return sizeOfBody(body, { family, maxTokensPaths: [["max_output_tokens"]] });
}
