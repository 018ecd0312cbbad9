import { isRecord } from "../config/plain-data.ts";
import { finishOf } from "../usage/answer/finish.ts";
import { isSaid } from "../usage/answer/token-usage.ts";
import { countsOfBody } from "../usage/answer/usage-of-body.ts";
import type { StreamShape } from "./shape.ts";
import { failureOfObject } from "./stream-failure.ts";

/**
 * The parsed chunks of an OpenAI chat stream, and of those who copy it: ends with a choice's `finish_reason`
 * (`stop_reason` for Mistral and DeepSeek-R1); the usage comes with it or in a chunk without choices.
 * Source: OpenAI, API reference, "Chat completion chunk" (read 2026-11-22).
 */
export const chatChunk: StreamShape = {
  isContent: (chunk) => choicesOf(chunk).some(isContent),
  closing(chunk) {
    const isEnd = choicesOf(chunk).some(isStopped);
    const counts = countsOfBody(chunk);
    return isEnd || isSaid(counts) ? { isEnd, counts, finish: finishOf(chunk) } : undefined;
  },
  failure: (chunk) => (isRecord(chunk) && isRecord(chunk["error"]) ? failureOfObject(chunk["error"]) : undefined),
};

function choicesOf(chunk: unknown): readonly Readonly<Record<string, unknown>>[] {
  const choices = isRecord(chunk) ? chunk["choices"] : undefined;
  return Array.isArray(choices) ? choices.filter(isRecord) : [];
}

/** The first chunk mostly names the role and says nothing. */
function isContent(choice: Readonly<Record<string, unknown>>): boolean {
  if (isStopped(choice)) return true;
  const { delta } = choice;
  return !isRecord(delta) || Object.entries(delta).some(([key, value]) => key !== "role" && !isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** `null` means the model goes on. */
function isStopped(choice: Readonly<Record<string, unknown>>): boolean {
  return typeof choice["finish_reason"] === "string" || typeof choice["stop_reason"] === "string";
}
