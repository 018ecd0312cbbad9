import { isRecord } from "../config/plain-data.ts";
import type { Closing, StreamShape } from "../streams/shape.ts";
import { parseJson } from "../usage/estimate.ts";
import { type Usage, usageOfBody } from "../usage/measure.ts";

/** OpenAI chat: `finish_reason` ends every choice, the usage comes in a chunk of its own, `[DONE]` comes last. */
export const chatStream: StreamShape = {
  isContent(event) {
    const data = dataOf(event);
    return !isRecord(data) || choicesOf(data).some(hasContent);
  },
  closing(event) {
    const data = dataOf(event);
    if (data === "[DONE]") return end(undefined);
    if (!isRecord(data)) return undefined;
    const isEnd = choicesOf(data).some((choice) => isRecord(choice) && typeof choice["finish_reason"] === "string");
    const usage = usageOfBody(data);
    return isEnd || usage !== undefined ? { isEnd, usage } : undefined;
  },
};

/** The chunk that OpenAI chat adds at the end for `include_usage`. */
export function isUsageChunk(text: string): boolean {
  // Looked for in the text, so that chunks of content are not parsed a second time.
  if (!text.includes('"usage"')) return false;
  const data = parseJson(text);
  return isRecord(data) && isRecord(data["usage"]) && choicesOf(data).length === 0;
}

/** OpenAI responses: `response.completed` and its like hold the whole response, usage and all. */
export const responsesStream: StreamShape = {
  isContent: (event) => !responsesPreamble.has(typeOf(dataOf(event))),
  closing(event) {
    const data = dataOf(event);
    return responsesEnds.has(typeOf(data)) && isRecord(data) ? end(usageOfBody(data["response"])) : undefined;
  },
};

const responsesPreamble: ReadonlySet<string> = new Set(["response.created", "response.queued", "response.in_progress"]);
const responsesEnds: ReadonlySet<string> = new Set(["response.completed", "response.incomplete", "response.failed"]);

/** Anthropic Messages: the input's counts come first, in `message_start`, the output's last, in `message_delta`. */
export function messagesStream(): StreamShape {
  let counts: Readonly<Record<string, unknown>> = {};
  return {
    isContent: (event) => !["message_start", "ping"].includes(typeOf(dataOf(event))),
    closing(event) {
      const data = dataOf(event);
      if (!isRecord(data)) return undefined;
      const { type, usage, message } = data;
      if (type === "message_start" && isRecord(message) && isRecord(message["usage"])) counts = message["usage"];
      if (type === "message_delta" && isRecord(usage)) counts = { ...counts, ...usage };
      return type === "message_stop" ? end(usageOfBody({ usage: counts })) : undefined;
    },
  };
}

/** The JSON of an event's data, or its text, as `[DONE]` is. */
function dataOf(event: unknown): unknown {
  const data = isRecord(event) ? event["data"] : undefined;
  return parseJson(data) ?? data;
}

function end(usage: Usage | undefined): Closing {
  return { isEnd: true, usage };
}

function typeOf(data: unknown): string {
  const type = isRecord(data) ? data["type"] : undefined;
  return typeof type === "string" ? type : "";
}

function choicesOf(data: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(data["choices"]) ? data["choices"] : [];
}

/** A chunk that only says who speaks holds no content yet. */
function hasContent(choice: unknown): boolean {
  if (!isRecord(choice)) return false;
  if (typeof choice["finish_reason"] === "string") return true;
  const delta = choice["delta"];
  return isRecord(delta) && Object.entries(delta).some(([key, value]) => key !== "role" && !isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === "" || value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
