import { namedCounts } from "./named-counts.ts";
import { readCounts, type TokenCounts, type UsageReading } from "./token-usage.ts";

/** Reads `usage` of an Anthropic Messages answer. */
export function usageOfMessages(usage: unknown): UsageReading {
  return readCounts(countsOfMessages(usage));
}

/**
 * Counts in the words of Anthropic; a stream says its input in `message_start` and its output in `message_delta`.
 * Source: Anthropic, API reference, Usage and MessageDeltaUsage (read 2026-11-22).
 */
export function countsOfMessages(usage: unknown): TokenCounts {
  return namedCounts(usage, {
    input: "input_tokens",
    output: "output_tokens",
    cacheRead: "cache_read_input_tokens",
    cacheWrite: "cache_creation_input_tokens",
  });
}
