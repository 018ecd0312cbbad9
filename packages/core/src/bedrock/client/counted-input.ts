import type { ModelFamily } from "../fleet/model-catalogue.ts";
import { isRecord } from "../config/plain-data.ts";
import { type RequestSize, sizeOfConverse, sizeOfInvoke } from "../usage/estimate.ts";

/** Measures what CountTokens is asked to count: messages as Converse takes them, or a body as InvokeModel does. */
export function countedInput(input: unknown, family: ModelFamily): RequestSize {
  const { converse, invokeModel } = isRecord(input) ? input : {};
  if (isRecord(invokeModel)) return sizeOfInvoke(invokeModel["body"], family);
  return sizeOfConverse(isRecord(converse) ? converse : {}, family);
}
