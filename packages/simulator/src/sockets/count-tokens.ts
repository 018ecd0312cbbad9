import { bodyShapeOf } from "./body-shape.ts";
import { type JsonObject, objectOf, parseObject } from "./json-object.ts";
import { countPromptTokens } from "./prompt-tokens.ts";

/** The true input tokens of a request, or what is wrong with it. */
export type CountedTokens =
  { readonly kind: "counted"; readonly inputTokens: number } | { readonly kind: "invalid"; readonly message: string };

/**
 * Counts the prompt inside a CountTokens request; foundation models only, no profiles.
 * Source: Bedrock API reference, "CountTokens" (2026-11-22).
 */
export function countTokens(modelId: string, body: JsonObject | undefined): CountedTokens {
  if (!isFoundationModel(modelId)) {
    return { kind: "invalid", message: "The provided model doesn't support counting tokens." };
  }
  const { converse, invokeModel } = objectOf(body?.["input"]);
  if ((converse === undefined) === (invokeModel === undefined)) {
    return { kind: "invalid", message: "Exactly one of converse and invokeModel must be set in input." };
  }
  if (converse !== undefined) {
    const prompt = objectOf(converse);
    return { kind: "counted", inputTokens: countPromptTokens(prompt, bodyShapeOf("Converse", modelId, prompt).prompt) };
  }
  const prompt = invokedBody(objectOf(invokeModel)["body"]);
  if (prompt === undefined) return { kind: "invalid", message: "Malformed input request: body is not a JSON object." };
  return {
    kind: "counted",
    inputTokens: countPromptTokens(prompt, bodyShapeOf("InvokeModel", modelId, prompt).prompt),
  };
}

function invokedBody(base64: unknown): JsonObject | undefined {
  return typeof base64 === "string" ? parseObject(Buffer.from(base64, "base64").toString("utf8")) : undefined;
}

/** Ids of profiles begin with a geography; of other things than foundation models there are ARNs. */
function isFoundationModel(modelId: string): boolean {
  if (modelId.startsWith("arn:")) return modelId.includes(":foundation-model/");
  return !/^(global|us|us-gov|eu|apac|jp|au|ca|sa|me|af)\./.test(modelId);
}
