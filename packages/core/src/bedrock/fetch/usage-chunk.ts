import { isRecord } from "../config/plain-data.ts";
import { parseJson } from "../usage/json-body.ts";

/** True for the data of the chunk that `include_usage` adds at the end of an OpenAI chat stream. */
export function isUsageChunk(data: string): boolean {
  // Looked for in the text, so that chunks of content are not parsed a second time.
  if (!data.includes('"usage"')) return false;
  const chunk = parseJson(data);
  if (!isRecord(chunk) || !isRecord(chunk["usage"])) return false;
  return !Array.isArray(chunk["choices"]) || chunk["choices"].length === 0;
}
