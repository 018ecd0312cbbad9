import { isRecord } from "../config/plain-data.ts";
import { AnswerError } from "../transport/answer-error.ts";
import { parseJson } from "../usage/json-body.ts";
import type { WireAnswer } from "./wire-answer.ts";

/** Reads what an answer that is no success says of itself. */
export function errorOfAnswer({ status, headers, requestId }: WireAnswer, body: Buffer): AnswerError {
  const json = parseJson(body);
  const fields = isRecord(json) ? json : {};
  const inner = isRecord(fields["error"]) ? fields["error"] : {};
  const name = nameIn(headers["x-amzn-errortype"]) ?? nameIn(fields["__type"]) ?? nameIn(inner["type"]) ?? "";
  const message = firstText(fields["message"], fields["Message"], inner["message"]) ?? "";
  return new AnswerError(name, message, { httpStatusCode: status, requestId });
}

/** `ThrottlingException:http://internal…` and `com.amazon.coral.service#UnknownOperationException` hold a name each. */
function nameIn(text: unknown): string | undefined {
  const [, name] = typeof text === "string" ? (/^(?:[\w.]+#)?(\w{1,64})(?::|$)/.exec(text) ?? []) : [];
  return name;
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value) => typeof value === "string");
}
