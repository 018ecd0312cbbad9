import { isRecord } from "../../config/plain-data.ts";
import { isCount } from "./token-usage.ts";

/**
 * Reads what CountTokens counted, or Anthropic's `count_tokens`; undefined when it is no count. It can teach a
 * `TokenRatio`, with the size of what was counted.
 */
export function countedTokens(answer: unknown): number | undefined {
  if (!isRecord(answer)) return undefined;
  const tokens = answer["inputTokens"] ?? answer["input_tokens"];
  return isCount(tokens) ? tokens : undefined;
}
