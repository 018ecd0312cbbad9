import type { Answer } from "./answer.ts";
import type { BedrockOperation } from "./bedrock-route.ts";
import type { Dialect, Generated } from "./dialect.ts";

/** An error as Bedrock answers it before any content. */
export interface BedrockError {
  readonly status: number;
  /** Such as `ThrottlingException`. */
  readonly type: string;
  readonly message: string;
  /** Value of a `Retry-After` header; AWS sends none with a 429. */
  readonly retryAfter?: string;
}

/**
 * What follows an error's name; clients drop it from the colon on.
 * Source: captured headers in aws-samples/amazon-bedrock-client-for-mac#99 and BerriAI/litellm#40089 (2026-11-22).
 */
const typeSuffix = ":http://internal.amazon.com/coral/com.amazon.bedrock/";

export function sendBedrockError(answer: Answer, error: BedrockError): void {
  const retryAfter = error.retryAfter === undefined ? {} : { "retry-after": error.retryAfter };
  const headers = { ...json, "x-amzn-errortype": `${error.type}${typeSuffix}`, ...retryAfter };
  // IAM's refusals spell the member with a capital letter, the service's own with a small one.
  const member = error.type === "AccessDeniedException" ? "Message" : "message";
  answer.send(error.status, headers, JSON.stringify({ [member]: error.message }));
}

/** What Bedrock says of an unknown path: HTTP 200. Source: vercel/ai#17523, BerriAI/litellm#28551 (2026-11-22). */
export function sendUnknownOperation(answer: Answer): void {
  const body = { Output: { __type: "com.amazon.coral.service#UnknownOperationException" }, Version: "1.0" };
  answer.send(200, json, JSON.stringify(body));
}

/** Headers and body of a finished call that does not stream. */
export function wholeAnswerOf(
  operation: BedrockOperation,
  dialect: Dialect,
  generated: Generated,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const body = JSON.stringify(dialect.whole(generated));
  if (operation === "Converse") return { headers: json, body };
  const headers = {
    ...json,
    "x-amzn-bedrock-input-token-count": String(generated.inputTokens),
    "x-amzn-bedrock-output-token-count": String(generated.outputTokens),
    "x-amzn-bedrock-invocation-latency": String(Math.round(generated.latencyMs)),
  };
  return { headers, body };
}

/** Headers of a stream of the operation. */
export function streamHeadersOf(operation: BedrockOperation): Readonly<Record<string, string>> {
  const headers = { "content-type": "application/vnd.amazon.eventstream" };
  return operation === "ConverseStream" ? headers : { ...headers, "x-amzn-bedrock-content-type": "application/json" };
}

const json = { "content-type": "application/json" };
