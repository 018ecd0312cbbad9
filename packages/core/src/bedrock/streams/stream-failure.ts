import { isRecord } from "../config/plain-data.ts";
import { AnswerError } from "../transport/answer-error.ts";
import type { StreamFailure, StreamShape } from "./shape.ts";

/**
 * The members of AWS's streams that are errors, and the status each has outside a stream. The SDK throws them itself;
 * whoever reads frames sees them as events. Source: service model of client-bedrock-runtime 3.1163 (read 2026-11-22).
 */
const statusOfException: Readonly<Record<string, number>> = {
  internalServerException: 500,
  modelStreamErrorException: 424,
  modelTimeoutException: 408,
  serviceUnavailableException: 503,
  throttlingException: 429,
  validationException: 400,
};

/** Source: Anthropic, "Errors", and OpenAI, "Error codes" and ResponseError (read 2026-11-22). */
const statusOfName: ReadonlyMap<string, number> = new Map([
  ["invalid_request_error", 400],
  ["invalid_prompt", 400],
  ["authentication_error", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["not_found_error", 404],
  ["conflict_error", 409],
  ["request_too_large", 413],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["insufficient_quota", 429],
  ["api_error", 500],
  ["server_error", 500],
  ["internal_server_error", 500],
  ["service_unavailable", 503],
  ["service_unavailable_error", 503],
  ["timeout_error", 504],
  ["overloaded_error", 529],
]);

/**
 * The error an event carries in place of content, as it would be had it come as an answer of its own; undefined for every
 * other event.
 */
export function errorInEvent(event: unknown, shape: StreamShape): AnswerError | undefined {
  const failure = shape.failure(event);
  if (failure === undefined) return undefined;
  const { name, message = "", status = 500 } = failure;
  return new AnswerError(name, message, { httpStatusCode: status, requestId: undefined });
}

/** An error member of an AWS event stream: `{ throttlingException: { message } }`. */
export function failureOfMember(event: unknown): StreamFailure | undefined {
  if (!isRecord(event)) return undefined;
  for (const [member, error] of Object.entries(event)) {
    const status = Object.hasOwn(statusOfException, member) ? statusOfException[member] : undefined;
    if (status === undefined || error === undefined) continue;
    return { name: member.charAt(0).toUpperCase() + member.slice(1), message: messageIn(error), status };
  }
  return undefined;
}

/** An error object as Anthropic and OpenAI write it: `{ type, code, message }`, in `error` or at the top. */
export function failureOfObject(error: unknown): StreamFailure {
  const { type, code, status } = isRecord(error) ? error : {};
  const names = [code, type].filter(isName);
  const name = names.find((each) => statusOfName.has(each)) ?? names.at(-1) ?? "unknown_error";
  return { name, message: messageIn(error), status: statusOfName.get(name) ?? [status, code].find(isErrorStatus) };
}

/** Short and plain, because names are counted and logged. */
function isName(value: unknown): value is string {
  return typeof value === "string" && /^[\w.-]{1,64}$/.test(value) && value !== "error";
}

function isErrorStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 400 && value <= 599;
}

function messageIn(error: unknown): string | undefined {
  const message = isRecord(error) ? error["message"] : error;
  return typeof message === "string" ? message : undefined;
}
