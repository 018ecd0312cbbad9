import { isRecord } from "../config/plain-data.ts";
import { parseJson } from "../usage/json-body.ts";
import type { WireAnswer } from "./wire-answer.ts";

/** AWS answered with an error. It has the shape of the SDK's errors, which `classify` and `safeError` read. */
export class AnswerError extends Error {
  /** As AWS calls it, such as `ThrottlingException` or `rate_limit_error`; `http_400` when it does not say. */
  override readonly name: string;
  readonly $fault: "client" | "server";
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };

  constructor(name: string, message: string, metadata: AnswerError["$metadata"]) {
    super(message);
    this.name = /^[A-Za-z][\w.]{0,63}$/.test(name) ? name : `http_${metadata.httpStatusCode}`;
    this.$fault = metadata.httpStatusCode < 500 ? "client" : "server";
    this.$metadata = metadata;
  }
}

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
