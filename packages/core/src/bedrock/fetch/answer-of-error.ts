import { type ErrorCode, NoCapacityError, ShardrockError } from "../../errors.ts";
import { servedBy } from "../transport/served-by.ts";
import { AnswerError } from "../transport/answer-error.ts";
import type { Api } from "./routed-apis.ts";
import { servedHeaders } from "./served-headers.ts";

/**
 * What a caller of `fetch` gets for a failed call: an error in the shape of the API it called, which its SDK turns into
 * its own. All say `x-should-retry: false`: the router has waited and moved on already, and a second layer of retries
 * would multiply with it.
 */
export function answerOfError(error: unknown, api: Api | undefined): Response {
  const { status, code, name, message } = factsOf(error);
  const served = servedBy(error);
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "x-should-retry": "false",
    "x-shardrock-code": code,
    ...(served && servedHeaders(served)),
  };
  if (api === "converse" || api === "invoke") headers["x-amzn-errortype"] = name;
  if (error instanceof NoCapacityError)
    headers["retry-after"] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
  return new Response(JSON.stringify(bodyFor(api, { status, code, name, message })), { status, headers });
}

interface ErrorFacts {
  readonly status: number;
  /** Ours, for those who switch on it. */
  readonly code: ErrorCode;
  /** The type an SDK of AWS knows. */
  readonly name: string;
  readonly message: string;
}

function factsOf(error: unknown): ErrorFacts {
  if (error instanceof AnswerError) {
    const { httpStatusCode } = error.$metadata;
    // A redirect is no answer of an API, and a Response of some statuses may hold no body.
    const status = httpStatusCode >= 400 && httpStatusCode <= 599 ? httpStatusCode : 502;
    return { status, code: "provider-error", name: error.name, message: error.message };
  }
  if (error instanceof ShardrockError) {
    const { status, name } = ownAnswers[error.code];
    return { status, code: error.code, name, message: error.message };
  }
  // What is left is the network's; it has been made safe to pass on where it was met.
  const { status, name } = ownAnswers["provider-error"];
  const message = error instanceof Error ? error.message : "no answer of AWS";
  return { status, code: "provider-error", name, message };
}

/** The HTTP status of each of our own errors, and the type of AWS that an SDK takes it for. */
const ownAnswers: Readonly<Record<ErrorCode, { readonly status: number; readonly name: string }>> = {
  "config-invalid": { status: 500, name: "InternalServerException" },
  "option-invalid": { status: 400, name: "ValidationException" },
  "model-unknown": { status: 404, name: "ResourceNotFoundException" },
  "command-unsupported": { status: 404, name: "UnknownOperationException" },
  "request-invalid": { status: 400, name: "ValidationException" },
  "request-too-large": { status: 413, name: "ValidationException" },
  "no-eligible-target": { status: 403, name: "AccessDeniedException" },
  "no-capacity": { status: 429, name: "ThrottlingException" },
  "account-mismatch": { status: 503, name: "ServiceUnavailableException" },
  "credentials-unavailable": { status: 503, name: "ServiceUnavailableException" },
  "stream-interrupted": { status: 502, name: "ModelStreamErrorException" },
  "response-invalid": { status: 502, name: "InternalServerException" },
  "provider-error": { status: 502, name: "ServiceUnavailableException" },
  "ledger-unavailable": { status: 503, name: "ServiceUnavailableException" },
  timeout: { status: 504, name: "ModelTimeoutException" },
  closed: { status: 503, name: "ServiceUnavailableException" },
};

function bodyFor(api: Api | undefined, { status, code, name, message }: ErrorFacts): unknown {
  switch (api) {
    case "converse":
    case "invoke":
      return { message };
    case "chat":
    case "responses":
      return { error: { message, type: openAiType(status), param: null, code } };
    case "messages":
      return { type: "error", error: { type: anthropicType(status), message } };
    case undefined:
      return { message, error: { message, type: name, code } };
    default:
      return api satisfies never;
  }
}

/** Source: OpenAI, "Error codes" (read 2026-11-22). */
function openAiType(status: number): string {
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** Source: Anthropic, "Errors" (read 2026-11-22). */
function anthropicType(status: number): string {
  return anthropicTypes[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}

const anthropicTypes: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};
