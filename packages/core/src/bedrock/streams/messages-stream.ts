import { messagesChunk } from "./messages-chunk.ts";
import type { StreamShape } from "./shape.ts";
import { closingJsonOf, failureJsonOf, jsonOf } from "./sse-event.ts";

/** Anthropic Messages over server-sent events (`SseEvent`). What is no JSON is handed out as it came. */
export const messagesStream: StreamShape = {
  isContent(event) {
    const chunk = jsonOf(event);
    return chunk === undefined || messagesChunk.isContent(chunk);
  },
  closing: (event) => messagesChunk.closing(closingJsonOf(event)),
  failure: (event) => messagesChunk.failure(failureJsonOf(event)),
};
