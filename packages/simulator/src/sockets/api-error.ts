/** An error as Bedrock answers it before any content. */
export interface BedrockError {
  readonly status: number;
  /** Such as `ThrottlingException`. */
  readonly type: string;
  readonly message: string;
  /** Value of a `Retry-After` header; AWS sends none with a 429. */
  readonly retryAfter?: string;
}

/** Whose API a path speaks, and so what its errors look like. */
export type ApiStyle = "aws" | "openai" | "anthropic";

/** Reads it off the path, which need not exist. */
export function apiStyleOf(path: string): ApiStyle {
  if (path.startsWith("/anthropic/")) return "anthropic";
  return path.startsWith("/openai/") || path.startsWith("/v1/") ? "openai" : "aws";
}

/**
 * The body of an error. AWS does not publish the words of its foreign APIs, so types and codes are those of OpenAI and
 * Anthropic for the status; the message is Bedrock's.
 * Source: "Errors" of both API references (2026-11-22).
 */
export function errorBodyOf(style: ApiStyle, { status, type, message }: BedrockError): object {
  switch (style) {
    case "aws":
      // IAM's refusals spell the member with a capital letter, the service's own with a small one.
      return { [type === "AccessDeniedException" ? "Message" : "message"]: message };
    case "openai": {
      const [kind, code] = openAiErrors[status] ?? ["server_error", "internal_error"];
      return { error: { message, type: foreignType(type, kind), code, param: null } };
    }
    case "anthropic":
      return { type: "error", error: { type: foreignType(type, anthropicErrors[status] ?? "api_error"), message } };
    default:
      return style satisfies never;
  }
}

/** A type that is not the name of an AWS exception was meant to be sent as it is. */
function foreignType(type: string, kind: string): string {
  return type.endsWith("Exception") ? kind : type;
}

const openAiErrors: Readonly<Record<number, readonly [type: string, code: string]>> = {
  400: ["invalid_request_error", "validation_error"],
  401: ["authentication_error", "invalid_api_key"],
  403: ["permission_denied_error", "access_denied"],
  404: ["not_found_error", "model_not_found"],
  408: ["timeout_error", "timeout"],
  413: ["invalid_request_error", "request_too_large"],
  429: ["rate_limit_error", "rate_limit_exceeded"],
  503: ["service_unavailable_error", "service_unavailable"],
};

const anthropicErrors: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  529: "overloaded_error",
};
