import type { Cost } from "../../budget/quota.ts";
import { isRecord } from "../config/plain-data.ts";

/** Tokens one call used, as AWS reported them: whole numbers, 0 or more. `inputTokens` leaves cached ones out. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadInputTokens: number;
  readonly cacheWriteInputTokens: number;
}

/** No context window sold comes near this; a larger count is a fault and must not enter the book. */
const largestCount = 20_000_000;

/**
 * Reads `usage` of a Converse answer, or of a stream's `metadata` event.
 * Undefined when a count is missing, not a whole number, negative or absurd: the SDK passes all of those through.
 */
export function usageOfConverse(usage: unknown): Usage | undefined {
  if (!isRecord(usage)) return undefined;
  return strictUsage({
    input: usage["inputTokens"],
    output: usage["outputTokens"],
    cacheRead: usage["cacheReadInputTokens"],
    cacheWrite: usage["cacheWriteInputTokens"],
  });
}

/**
 * Reads the `amazon-bedrock-invocationMetrics` that close an InvokeModel stream.
 * Source: AWS, "Inference request and response bodies", and recorded streams (read 2026-11-22).
 */
export function usageOfInvocationMetrics(metrics: unknown): Usage | undefined {
  if (!isRecord(metrics)) return undefined;
  return strictUsage({
    input: metrics["inputTokenCount"],
    output: metrics["outputTokenCount"],
    cacheRead: metrics["cacheReadInputTokenCount"],
    cacheWrite: metrics["cacheWriteInputTokenCount"],
  });
}

/** Reads the token counts AWS puts in the headers of an InvokeModel answer, whatever the model's own body says. */
export function usageOfHeaders(headers: Readonly<Record<string, unknown>>): Usage | undefined {
  return strictUsage({
    input: headerCount(headers["x-amzn-bedrock-input-token-count"]),
    output: headerCount(headers["x-amzn-bedrock-output-token-count"]),
    cacheRead: headerCount(headers["x-amzn-bedrock-cache-read-input-token-count"]),
    cacheWrite: headerCount(headers["x-amzn-bedrock-cache-write-input-token-count"]),
  });
}

/** Reads the usage a model's own answer carries; undefined for a body of no known shape. */
export function usageOfBody(body: unknown): Usage | undefined {
  if (!isRecord(body)) return undefined;
  const usage = isRecord(body["usage"]) ? body["usage"] : {};
  for (const shape of bodyShapes) {
    const from = shape.within === "usage" ? usage : body;
    const counts = {
      input: from[shape.input],
      output: from[shape.output],
      cacheRead: from[shape.cacheRead],
      cacheWrite: from[shape.cacheWrite],
    };
    if (counts.input !== undefined && counts.output !== undefined) return strictUsage(counts);
  }
  return undefined;
}

/**
 * What a finished call took from the quota: cache reads are free, cache writes count once.
 * @param burndown - quota tokens per output token, 1 or more.
 * Source: AWS, "How tokens are counted in Amazon Bedrock" (read 2026-11-22).
 */
export function actualCost(usage: Usage, burndown: number): Cost {
  return { requests: 1, tokens: usage.inputTokens + usage.cacheWriteInputTokens + usage.outputTokens * burndown };
}

/** Everything the model read, cached or not: what the request's bytes turned into. */
export function promptTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadInputTokens + usage.cacheWriteInputTokens;
}

/** Where each family's answer holds its counts. Source: AWS, "Inference request parameters", one page a provider (read 2026-11-22). */
const bodyShapes = [
  // Anthropic Messages
  {
    within: "usage",
    input: "input_tokens",
    output: "output_tokens",
    cacheRead: "cache_read_input_tokens",
    cacheWrite: "cache_creation_input_tokens",
  },
  // Amazon Nova
  {
    within: "usage",
    input: "inputTokens",
    output: "outputTokens",
    cacheRead: "cacheReadInputTokenCount",
    cacheWrite: "cacheWriteInputTokenCount",
  },
  // OpenAI chat and those who copy it; cached tokens are inside prompt_tokens there, so all of them are charged
  { within: "usage", input: "prompt_tokens", output: "completion_tokens", cacheRead: "", cacheWrite: "" },
  // Meta Llama
  { within: "body", input: "prompt_token_count", output: "generation_token_count", cacheRead: "", cacheWrite: "" },
] as const;

/** Counts as they came; a cache count that did not come is 0. */
type RawCounts = Readonly<Record<"input" | "output" | "cacheRead" | "cacheWrite", unknown>>;

function strictUsage(counts: RawCounts): Usage | undefined {
  const inputTokens = strictCount(counts.input);
  const outputTokens = strictCount(counts.output);
  const cacheReadInputTokens = strictCount(counts.cacheRead ?? 0);
  const cacheWriteInputTokens = strictCount(counts.cacheWrite ?? 0);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  if (cacheReadInputTokens === undefined || cacheWriteInputTokens === undefined) return undefined;
  return { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens };
}

function strictCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= largestCount
    ? value
    : undefined;
}

/** A header is text; anything but plain digits stays text, which is no count. */
function headerCount(value: unknown): unknown {
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
}
