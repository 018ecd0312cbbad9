import type { ModelFamily } from "../../fleet/model-catalogue.ts";
import { rulesOf } from "./family-rules.ts";
import type { RequestSize } from "./request-size.ts";
import { sizeOfBody } from "./size-of-body.ts";

/**
 * Measures the body of InvokeModel, in the shape of its family.
 * @param body - JSON as text or bytes, or parsed.
 */
export function sizeOfInvoke(body: unknown, family: ModelFamily): RequestSize {
  return sizeOfBody(body, { family, maxTokensPaths: rulesOf(family).maxTokensPaths });
}
