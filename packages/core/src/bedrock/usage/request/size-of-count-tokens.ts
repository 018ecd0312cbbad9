import type { ModelFamily } from "../../fleet/model-catalogue.ts";
import { isRecord } from "../../config/plain-data.ts";
import type { RequestSize } from "./request-size.ts";
import { sizeOfConverse } from "./size-of-converse.ts";
import { sizeOfInvoke } from "./size-of-invoke.ts";

/**
 * Measures what CountTokens is asked to count, so that its answer can teach the model's token ratio. It takes no quota
 * itself. Source: service model of client-bedrock-runtime 3.1163 (read 2026-11-22).
 */
export function sizeOfCountTokens(input: object, family: ModelFamily): RequestSize {
  const asked: unknown = Reflect.get(input, "input");
  const { converse, invokeModel } = isRecord(asked) ? asked : {};
  if (isRecord(converse)) return sizeOfConverse(converse, family);
  return sizeOfInvoke(isRecord(invokeModel) ? invokeModel["body"] : undefined, family);
}
