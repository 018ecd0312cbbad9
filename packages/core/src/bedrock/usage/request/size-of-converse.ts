import type { ModelFamily } from "../../fleet/model-catalogue.ts";
import { sizeOfContent } from "./content-size.ts";
import { rulesOf } from "./family-rules.ts";
import { maxTokensAt } from "./max-tokens.ts";
import type { RequestSize } from "./request-size.ts";

/** Measures the input of Converse or ConverseStream, the SDK's or as JSON, without turning any of it into text. */
export function sizeOfConverse(input: object, family: ModelFamily): RequestSize {
  const fields: Readonly<Record<string, unknown>> = { ...input };
  const { messages, system, toolConfig, promptVariables, outputConfig, additionalModelRequestFields } = fields;
  const read = [messages, system, toolConfig, promptVariables, outputConfig, additionalModelRequestFields];
  const content = sizeOfContent(read, rulesOf(family));
  const { textBytes, blockTokens, blockBytes } = content;
  const maxTokens = maxTokensAt(fields, [["inferenceConfig", "maxTokens"]]);
  return { textBytes, blockTokens, maxTokens, bytes: textBytes + blockBytes };
}
