import type { Cost } from "../../budget/quota.ts";
import type { Target } from "../../budget/target.ts";
import type { Usage } from "./answer/token-usage.ts";
import type { RequestSize } from "./request/request-size.ts";

type Endpoint = Target["endpoint"];

/** What a hold needs known besides the request itself. */
export interface HoldRules {
  /** Tokens one byte of text makes, above 0. */
  readonly tokensPerByte: number;
  /** The model's maximum of output tokens, which an unset limit costs. */
  readonly maxOutputTokens: number;
  readonly endpoint: Endpoint;
}

/**
 * What AWS takes from the quota when the call starts: all of the input, and everything that may come back, unweighted.
 * `bedrock-mantle` checks both against its input quota, and counts output as it is generated.
 * Source: AWS, "How tokens are counted in Amazon Bedrock" and "Quotas for bedrock-mantle" (read 2026-11-22).
 */
export function holdCost(size: RequestSize, { tokensPerByte, maxOutputTokens, endpoint }: HoldRules): Cost {
  const inputTokens = Math.ceil(size.textBytes * tokensPerByte + size.blockTokens);
  const tokens = inputTokens + (size.maxTokens ?? maxOutputTokens);
  return endpoint === "mantle" ? { inputTokens: tokens, outputTokens: 0 } : { requests: 1, tokens };
}

/**
 * What a finished call took from the quota: cache reads are free, cache writes count once.
 * @param burndown - quota tokens per output token, 1 or more; `bedrock-mantle` has none.
 * Source: AWS, "How tokens are counted in Amazon Bedrock" and "Quotas for bedrock-mantle" (read 2026-11-22).
 */
export function actualCost(usage: Usage, burndown: number, endpoint: Endpoint): Cost {
  const inputTokens = usage.inputTokens + usage.cacheWriteInputTokens;
  if (endpoint === "mantle") return { inputTokens, outputTokens: usage.outputTokens };
  return { requests: 1, tokens: inputTokens + usage.outputTokens * burndown };
}

/** Everything the model read, cached or not: what the request's bytes turned into. */
export function promptTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadInputTokens + usage.cacheWriteInputTokens;
}
