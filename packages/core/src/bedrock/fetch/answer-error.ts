import { isRecord } from "../config/plain-data.ts";
import { parseJson } from "../usage/json-body.ts";
import { requestIdOf, type WireAnswer } from "./wire-answer.ts";

/** AWS answered with an error. It has the shape of the SDK's errors, which `classify` reads. */
export class AnswerError extends Error {
  /** As AWS calls it, such as `ThrottlingException` or `rate_limit_error`. */
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };

  constructor(name: string, message: string, metadata: AnswerError["$metadata"]) {
    super(message);
    this.name = name;
    this.$metadata = { ...metadata };
  }
}

/** Reads what an answer that is no success says of itself. */
export function errorOfAnswer({ status, headers }: WireAnswer, body: Buffer): AnswerError {
  const json = parseJson(body);
  const fields = isRecord(json) ? json : {};
  const inner = isRecord(fields["error"]) ? fields["error"] : {};
  const name = nameIn(headers["x-amzn-errortype"]) ?? nameIn(fields["__type"]) ?? nameIn(inner["type"]);
  const message = firstText(fields["message"], fields["Message"], inner["message"]) ?? "";
  return new AnswerError(name ?? `HTTP ${status}`, message, {
    httpStatusCode: status,
    requestId: requestIdOf(headers),
  });
}

/** `ThrottlingException:http://internal…` and `com.amazon.coral.service#UnknownOperationException` hold a name each. */
function nameIn(text: unknown): string | undefined {
  const [, name] = typeof text === "string" ? (/^(?:[\w.]+#)?(\w{1,64})(?::|$)/.exec(text) ?? []) : [];
  return name;
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value) => typeof value === "string");
}
