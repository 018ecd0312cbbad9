import { isRecord } from "../config/plain-data.ts";
import { finishOf } from "../usage/answer/finish.ts";
import { countsOfResponses } from "../usage/answer/usage-of-responses.ts";
import type { StreamFailure, StreamShape } from "./shape.ts";
import { closingJsonOf, failureJsonOf, jsonOf } from "./sse-event.ts";
import { failureOfObject } from "./stream-failure.ts";

/** What comes before any content. */
const preamble: ReadonlySet<unknown> = new Set(["response.created", "response.queued", "response.in_progress"]);

/** The last event; a response cut short by its limit is complete too. */
const endings: ReadonlySet<unknown> = new Set(["response.completed", "response.incomplete", "response.failed"]);

/**
 * OpenAI Responses over server-sent events (`SseEvent`). What is no JSON is handed out as it came.
 * Source: OpenAI, API reference, "Streaming events" of Responses (read 2026-11-22).
 */
export const responsesStream: StreamShape = {
  isContent(event) {
    const type = jsonOf(event)?.["type"];
    return !preamble.has(type) && failureOf(event) === undefined;
  },
  closing(event) {
    const { type, response } = closingJsonOf(event) ?? {};
    if (!endings.has(type)) return undefined;
    const counts = countsOfResponses(isRecord(response) ? response["usage"] : undefined);
    return { isEnd: true, counts, finish: finishOf(response) };
  },
  failure: failureOf,
};

function failureOf(event: unknown): StreamFailure | undefined {
  const { type, response, ...fields } = failureJsonOf(event) ?? {};
  if (type === "response.failed") return failureOfObject(isRecord(response) ? response["error"] : undefined);
  if (isRecord(fields["error"])) return failureOfObject(fields["error"]);
  return type === "error" ? failureOfObject(fields) : undefined;
}
