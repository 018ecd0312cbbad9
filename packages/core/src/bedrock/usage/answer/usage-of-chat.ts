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

/** Reads `usage` of an OpenAI Chat Completions answer, of its last stream chunk, and of the many who copy it. */
export function usageOfChat(usage: unknown): UsageReading {
  return readCounts(countsOfChat(usage));
}

/** Counts in the words of Chat Completions. Source: OpenAI, API reference, CompletionUsage (read 2026-11-22). */
export function countsOfChat(usage: unknown): TokenCounts {
  if (isUnsaid(usage)) return noCounts;
  if (!isRecord(usage)) return unreadableCounts;
  return cachedWithin(usage["prompt_tokens"], usage["prompt_tokens_details"], usage["completion_tokens"]);
}
