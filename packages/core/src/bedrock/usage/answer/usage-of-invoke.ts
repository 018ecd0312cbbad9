import { namedCounts } from "./named-counts.ts";
import { readCounts, type TokenCounts, type UsageReading } from "./token-usage.ts";
import { usageOfBody } from "./usage-of-body.ts";

/**
 * Reads what an InvokeModel answer used: AWS's headers, else the model's own body.
 * @param headers - with lower-case names.
 * @param body - parsed.
 */
export function usageOfInvoke(headers: Readonly<Record<string, unknown>>, body: unknown): UsageReading {
  const ofHeaders = usageOfHeaders(headers);
  if (ofHeaders.kind === "reported") return ofHeaders;
  const ofBody = usageOfBody(body);
  return ofBody.kind === "missing" ? ofHeaders : ofBody;
}

/**
 * Reads the token counts AWS puts in the headers of an InvokeModel answer, whatever the model's own body says.
 * Source: AWS, InvokeModel, and recorded answers (read 2026-11-22).
 */
export function usageOfHeaders(headers: Readonly<Record<string, unknown>>): UsageReading {
  return readCounts({
    input: headerCount(headers["x-amzn-bedrock-input-token-count"]),
    output: headerCount(headers["x-amzn-bedrock-output-token-count"]),
    cacheRead: headerCount(headers["x-amzn-bedrock-cache-read-input-token-count"]),
    cacheWrite: headerCount(headers["x-amzn-bedrock-cache-write-input-token-count"]),
  });
}

/** Reads the `amazon-bedrock-invocationMetrics` that close an InvokeModel stream. */
export function usageOfInvocationMetrics(metrics: unknown): UsageReading {
  return readCounts(countsOfInvocationMetrics(metrics));
}

/** Source: AWS, "Inference request and response bodies", and recorded streams (read 2026-11-22). */
export function countsOfInvocationMetrics(metrics: unknown): TokenCounts {
  return namedCounts(metrics, {
    input: "inputTokenCount",
    output: "outputTokenCount",
    cacheRead: "cacheReadInputTokenCount",
    cacheWrite: "cacheWriteInputTokenCount",
  });
}

/** A header is text; anything but plain digits stays text, which is no count. */
function headerCount(value: unknown): unknown {
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
}
