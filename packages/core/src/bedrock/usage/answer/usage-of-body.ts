import { isRecord } from "../../config/plain-data.ts";
import { namedCounts } from "./named-counts.ts";
import {
  isCount,
  isSaid,
  isUnsaid,
  noCounts,
  readCounts,
  type TokenCounts,
  unreadableCounts,
  type UsageReading,
} from "./token-usage.ts";
import { countsOfChat } from "./usage-of-chat.ts";
import { countsOfConverse } from "./usage-of-converse.ts";
import { countsOfMessages } from "./usage-of-messages.ts";
import { countsOfResponses } from "./usage-of-responses.ts";

/** Reads the usage a model's own answer carries, by the names in it: a family nobody knows mostly copies one of these. */
export function usageOfBody(body: unknown): UsageReading {
  return readCounts(countsOfBody(body));
}

/** Counts of a parsed answer, or of one piece of a streamed one. */
export function countsOfBody(body: unknown): TokenCounts {
  if (!isRecord(body)) return noCounts;
  const usage = body["usage"];
  if (!isUnsaid(usage)) return countsOfUsage(usage);
  return [llamaCounts, titanCounts, cohereCounts].map((counts) => counts(body)).find(isSaid) ?? noCounts;
}

function countsOfUsage(usage: unknown): TokenCounts {
  if (!isRecord(usage)) return unreadableCounts;
  if ("prompt_tokens" in usage || "completion_tokens" in usage) return countsOfChat(usage);
  if ("input_tokens_details" in usage) return countsOfResponses(usage);
  if ("inputTokens" in usage || "outputTokens" in usage) return countsOfConverse(usage);
  return countsOfMessages(usage);
}

/** Source: AWS, "Meta Llama models" (read 2026-11-22). */
function llamaCounts(body: unknown): TokenCounts {
  return namedCounts(body, { input: "prompt_token_count", output: "generation_token_count" });
}

/** Each result has its own count; a stream says the sum. Source: AWS, "Amazon Titan Text models" (read 2026-11-22). */
function titanCounts(body: Readonly<Record<string, unknown>>): TokenCounts {
  const output = body["totalOutputTextTokenCount"] ?? sumOfResults(body["results"]);
  return { ...noCounts, input: body["inputTextTokenCount"], output };
}

function sumOfResults(results: unknown): unknown {
  if (!Array.isArray(results)) return undefined;
  const counts = results.map((result: unknown) => (isRecord(result) ? result["tokenCount"] : undefined));
  if (counts.every(isUnsaid)) return undefined;
  return counts.reduce((sum: number, count) => (isCount(count) ? sum + count : Number.NaN), 0);
}

/**
 * Command R says so in streams only, in the response its last event repeats. What was billed leaves out tokens Cohere adds itself.
 * Source: AWS, "Cohere Command R and Command R+ models", and Cohere, "Chat" (read 2026-11-22).
 */
function cohereCounts(body: Readonly<Record<string, unknown>>): TokenCounts {
  const response = isRecord(body["response"]) ? body["response"] : body;
  const meta = response["meta"];
  if (!isRecord(meta)) return noCounts;
  return namedCounts(meta["tokens"] ?? meta["billed_units"], { input: "input_tokens", output: "output_tokens" });
}
