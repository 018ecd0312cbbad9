import type { Answer } from "./answer.ts";
import { type ApiStyle, type BedrockError, errorBodyOf } from "./api-error.ts";
import type { BedrockOperation } from "./bedrock-route.ts";
import { type Dialect, type Generated, reported } from "./dialects/dialect.ts";
import { jsonText } from "./dialects/json-text.ts";

/**
 * What follows an error's name; clients drop it from the colon on.
 * Source: captured headers in aws-samples/amazon-bedrock-client-for-mac#99 and BerriAI/litellm#40089 (2026-11-22).
 */
const typeSuffix = ":http://internal.amazon.com/coral/com.amazon.bedrock/";

/** Answers an error in the shape of the API that was called. */
export function sendBedrockError(answer: Answer, error: BedrockError, style: ApiStyle = "aws"): void {
  const errorType = style === "aws" ? { "x-amzn-errortype": `${error.type}${typeSuffix}` } : {};
  const retryAfter = error.retryAfter === undefined ? {} : { "retry-after": error.retryAfter };
  answer.send(error.status, { ...json, ...errorType, ...retryAfter }, JSON.stringify(errorBodyOf(style, error)));
}

/** What Bedrock says of an unknown path: HTTP 200. Source: vercel/ai#17523, BerriAI/litellm#28551 (2026-11-22). */
export function sendUnknownOperation(answer: Answer): void {
  answer.send(200, json, unknownOperation);
}

/** The body of that answer. */
export const unknownOperation: string = JSON.stringify({
  Output: { __type: "com.amazon.coral.service#UnknownOperationException" },
  Version: "1.0",
});

/** Headers and body of a finished call that does not stream. */
export function wholeAnswerOf(
  operation: BedrockOperation,
  dialect: Dialect,
  generated: Generated,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const body = jsonText(dialect.whole(generated));
  return { headers: operation === "InvokeModel" ? { ...json, ...countHeadersOf(generated) } : json, body };
}

function countHeadersOf(generated: Generated): Readonly<Record<string, string>> {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, latencyMs } = generated;
  const usesCache = cacheReadTokens + cacheWriteTokens > 0;
  const counts = {
    "x-amzn-bedrock-input-token-count": inputTokens,
    "x-amzn-bedrock-output-token-count": outputTokens,
    ...(usesCache && {
      "x-amzn-bedrock-cache-read-input-token-count": cacheReadTokens,
      "x-amzn-bedrock-cache-write-input-token-count": cacheWriteTokens,
    }),
  };
  const said = Object.entries(counts).flatMap(([name, count]) => {
    const value = reported(generated, count);
    return value === undefined ? [] : [[name, typeof value === "string" ? value : JSON.stringify(value)] as const];
  });
  return { ...Object.fromEntries(said), "x-amzn-bedrock-invocation-latency": String(Math.round(latencyMs)) };
}

const json = { "content-type": "application/json" };
