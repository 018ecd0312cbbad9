import { isRecord } from "../../config/plain-data.ts";
import { isCount, isUnsaid, type TokenCounts, unreadableCounts } from "./token-usage.ts";

/**
 * OpenAI's input count has the cached tokens in it, and names them apart in its details.
 * Source: OpenAI, "Prompt caching" (read 2026-11-22). What was written to the cache is "unadjusted", so it may be more than is left.
 */
export function cachedWithin(total: unknown, details: unknown, output: unknown): TokenCounts {
  if (!isUnsaid(details) && !isRecord(details)) return unreadableCounts;
  const { cached_tokens: cacheRead, cache_write_tokens: cacheWrite } = details ?? {};
  const read = cacheRead ?? 0;
  const written = cacheWrite ?? 0;
  // What is no count here is refused by whoever reads these.
  if (!isCount(total) || !isCount(read) || !isCount(written)) return { input: total, output, cacheRead, cacheWrite };
  if (read > total) return unreadableCounts;
  const writtenWithin = Math.min(written, total - read);
  return { input: total - read - writtenWithin, output, cacheRead: read, cacheWrite: writtenWithin };
}
