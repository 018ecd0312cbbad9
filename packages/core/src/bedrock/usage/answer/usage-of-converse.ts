import { isRecord } from "../../config/plain-data.ts";
import { namedCounts } from "./named-counts.ts";
import { laterCounts, readCounts, type TokenCounts, type UsageReading } from "./token-usage.ts";

/** Reads `usage` of a Converse answer, or of a stream's `metadata` event. */
export function usageOfConverse(usage: unknown): UsageReading {
  return readCounts(countsOfConverse(usage));
}

/**
 * Counts in the words of Converse, and of Nova's own answers, which only call the cached ones by other names.
 * `cacheDetails` says the same again, by lifetime, and `totalTokens` adds up: neither is read.
 * Source: service model of client-bedrock-runtime 3.1163, and AWS, "Nova complete request schema" (read 2026-11-22).
 */
export function countsOfConverse(usage: unknown): TokenCounts {
  const counts = namedCounts(usage, {
    input: "inputTokens",
    output: "outputTokens",
    cacheRead: "cacheReadInputTokens",
    cacheWrite: "cacheWriteInputTokens",
  });
  if (!isRecord(usage)) return counts;
  const { cacheReadInputTokenCount: cacheRead, cacheWriteInputTokenCount: cacheWrite } = usage;
  return laterCounts({ ...counts, cacheRead, cacheWrite }, counts);
}
