import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";
import { parseJson } from "../usage/json-body.ts";
import type { RoutedApi } from "./routed-apis.ts";
import type { WireAnswer } from "./wire-answer.ts";

/**
 * The parsed body of an answer that is no stream, or undefined when a model has answered InvokeModel in a type of its
 * own. HTTP 200 is no success by itself: a proxy's page, an empty body and a note that AWS knows no such operation have
 * it too.
 * @throws {ShardrockError} `response-invalid` for what is no answer of this API.
 */
export function jsonAnswer(answer: WireAnswer, body: Buffer, { answerHas, operation }: RoutedApi): unknown {
  const { mediaType, status } = answer;
  if (answerHas === undefined && isOfModel(mediaType) && body.length > 0) return undefined;
  const json = parseJson(body);
  const isAnswer = answerHas === undefined ? isFilled(json) : isRecord(json) && json[answerHas] !== undefined;
  if (isAnswer && !isUnknownOperation(json)) return json;
  const what = `${body.length} bytes of ${mediaType} with HTTP ${status}, which is no answer of ${operation}`;
  throw new ShardrockError("response-invalid", `AWS, or something before it, gave ${what}`);
}

/** InvokeModel passes on what type the model has; a page for people is no model's. */
function isOfModel(mediaType: string): boolean {
  return !/json|html|^no type$/.test(mediaType);
}

function isFilled(json: unknown): boolean {
  return Array.isArray(json) ? json.length > 0 : isRecord(json) && Object.keys(json).length > 0;
}

/** Source: vercel/ai#17523 (read 2026-11-22). */
function isUnknownOperation(json: unknown): boolean {
  const output = isRecord(json) ? json["Output"] : undefined;
  return isRecord(output) && String(output["__type"]).endsWith("UnknownOperationException");
}
