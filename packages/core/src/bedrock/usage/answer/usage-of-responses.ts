import { isRecord } from "../../config/plain-data.ts";
import { cachedWithin } from "./cached-within.ts";
import {
  noCounts,
  readCounts,
  type TokenCounts,
  unreadableCounts,
  type UsageReading,
  isUnsaid,
} from "./token-usage.ts";

/** Reads `usage` of an OpenAI Responses answer, or of the response in a stream's last event. */
export function usageOfResponses(usage: unknown): UsageReading {
  return readCounts(countsOfResponses(usage));
}

/**
 * Counts in the words of Responses: the names of Anthropic, but cached tokens are inside `input_tokens`.
 * Source: OpenAI, API reference, ResponseUsage (read 2026-11-22).
 */
export function countsOfResponses(usage: unknown): TokenCounts {
  if (isUnsaid(usage)) return noCounts;
  if (!isRecord(usage)) return unreadableCounts;
  return cachedWithin(usage["input_tokens"], usage["input_tokens_details"], usage["output_tokens"]);
}
