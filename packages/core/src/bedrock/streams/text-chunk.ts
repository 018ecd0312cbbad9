import { isRecord } from "../config/plain-data.ts";
import { finishOf } from "../usage/answer/finish.ts";
import { isSaid } from "../usage/answer/token-usage.ts";
import { countsOfBody } from "../usage/answer/usage-of-body.ts";
import type { StreamShape } from "./shape.ts";

/**
 * The parsed chunks of models that complete a text: Llama and Anthropic's older API (`stop_reason`), Titan
 * (`completionReason`), Mistral (`outputs`), Cohere (`is_finished`).
 * Source: AWS, "Inference request parameters", one page a provider (read 2026-11-22).
 */
export const textChunk: StreamShape = {
  isContent: (chunk) => !isRecord(chunk) || chunk["event_type"] !== "stream-start",
  closing(chunk) {
    if (!isRecord(chunk)) return undefined;
    const isEnd = isStopped(chunk);
    const counts = countsOfBody(chunk);
    return isEnd || isSaid(counts) ? { isEnd, counts, finish: finishOf(chunk) } : undefined;
  },
  failure: () => undefined,
};

/** `null` means the model goes on. */
function isStopped(chunk: Readonly<Record<string, unknown>>): boolean {
  if (chunk["is_finished"] === true) return true;
  if (stopFields.some((field) => typeof chunk[field] === "string")) return true;
  const { outputs } = chunk;
  return (
    Array.isArray(outputs) && outputs.some((output) => isRecord(output) && typeof output["stop_reason"] === "string")
  );
}

const stopFields = ["stop_reason", "completionReason"];
