import { noCounts } from "../usage/answer/token-usage.ts";
import { chatChunk } from "./chat-chunk.ts";
import type { StreamShape } from "./shape.ts";
import { closingJsonOf, dataOf, failureJsonOf, jsonOf } from "./sse-event.ts";

/**
 * OpenAI Chat Completions over server-sent events (`SseEvent`): ends with a `finish_reason`, and for the wire with
 * `[DONE]`. What is no JSON is handed out as it came.
 */
export const chatStream: StreamShape = {
  isContent(event) {
    const chunk = jsonOf(event);
    return chunk === undefined || chatChunk.isContent(chunk);
  },
  closing: (event) => (isDone(event) ? { isEnd: true, counts: noCounts } : chatChunk.closing(closingJsonOf(event))),
  failure: (event) => chatChunk.failure(failureJsonOf(event)),
};

function isDone(event: unknown): boolean {
  return dataOf(event)?.trim() === "[DONE]";
}
