import { isRecord } from "../config/plain-data.ts";
import { finishOf } from "../usage/answer/finish.ts";
import { countsOfMessages } from "../usage/answer/usage-of-messages.ts";
import type { StreamShape } from "./shape.ts";
import { failureOfObject } from "./stream-failure.ts";

/** What comes before any content; `error` comes in place of it. */
const preamble: ReadonlySet<unknown> = new Set(["message_start", "ping", "error"]);

/**
 * The parsed events of an Anthropic Messages stream: ends with `message_stop`; its input is counted in `message_start`,
 * its output in `message_delta`. Source: Anthropic, "Streaming messages" (read 2026-11-22).
 */
export const messagesChunk: StreamShape = {
  isContent: (chunk) => isRecord(chunk) && !preamble.has(chunk["type"]),
  closing(chunk) {
    if (!isRecord(chunk)) return undefined;
    const { type, message, usage, delta } = chunk;
    if (type === "message_stop") return { isEnd: true, counts: countsOfMessages(usage) };
    if (type === "message_delta") return { isEnd: false, counts: countsOfMessages(usage), finish: finishOf(delta) };
    if (type !== "message_start" || !isRecord(message)) return undefined;
    // The output it names is a placeholder: alone it must never settle a call.
    return { isEnd: false, counts: { ...countsOfMessages(message["usage"]), output: undefined } };
  },
  failure: (chunk) => (isRecord(chunk) && chunk["type"] === "error" ? failureOfObject(chunk["error"]) : undefined),
};
