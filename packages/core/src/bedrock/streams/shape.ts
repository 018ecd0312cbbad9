import { asBuffer, parseJson } from "../usage/estimate.ts";
import { type Usage, usageOfConverse, usageOfInvocationMetrics } from "../usage/measure.ts";
import { isRecord } from "../config/plain-data.ts";

/** What the events of one kind of stream mean to the book. */
export interface StreamShape {
  /** True: from this event on the stream belongs to the caller and cannot be tried elsewhere. */
  isContent(event: unknown): boolean;
  /** What the event says of the stream's end. */
  closing(event: unknown): Closing | undefined;
}

/** The stream is complete, and what it used, as far as one event tells. */
export interface Closing {
  readonly isEnd: boolean;
  readonly usage: Usage | undefined;
}

/** ConverseStream: ends with `messageStop`; `metadata` with the usage comes after it. */
export const converseStream: StreamShape = {
  isContent: (event) => isRecord(event) && converseContent.some((key) => event[key] !== undefined),
  closing(event) {
    if (!isRecord(event)) return undefined;
    if (event["messageStop"] !== undefined) return { isEnd: true, usage: undefined };
    const metadata = event["metadata"];
    return isRecord(metadata) ? { isEnd: false, usage: usageOfConverse(metadata["usage"]) } : undefined;
  },
};

/** A stream of no content still ends with `messageStop`, which has to be handed out too. */
const converseContent = ["contentBlockDelta", "contentBlockStart", "contentBlockStop", "messageStop"];

/** InvokeModelWithResponseStream: every family has its own JSON in `chunk.bytes`; AWS adds its metrics to the last. */
export const invokeStream: StreamShape = {
  isContent(event) {
    const bytes = chunkBytes(event);
    if (bytes === undefined) return false;
    const chunk = parseJson(bytes);
    return !isRecord(chunk) || !isPreamble(chunk);
  },
  closing(event) {
    const bytes = chunkBytes(event);
    if (bytes === undefined || !closingMarks.some((mark) => bytes.includes(mark))) return undefined;
    const chunk = parseJson(bytes);
    return isRecord(chunk) ? closingOf(chunk) : undefined;
  },
};

const metricsKey = "amazon-bedrock-invocationMetrics";

/** Looked for in the raw bytes, so that chunks of content are not parsed a second time. */
const closingMarks = [metricsKey, "message_stop", "messageStop", "stop_reason", "finish_reason", "completionReason"];

function closingOf(chunk: Readonly<Record<string, unknown>>): Closing | undefined {
  const metrics = chunk[metricsKey];
  if (metrics !== undefined) return { isEnd: true, usage: usageOfInvocationMetrics(metrics) };
  return isStop(chunk) ? { isEnd: true, usage: undefined } : undefined;
}

/** Anthropic; Nova; Llama and Mistral text; OpenAI chat; Titan. `null` means the model goes on. */
function isStop(chunk: Readonly<Record<string, unknown>>): boolean {
  if (chunk["type"] === "message_stop" || chunk["messageStop"] !== undefined) return true;
  if (typeof chunk["stop_reason"] === "string" || typeof chunk["completionReason"] === "string") return true;
  return [chunk["choices"], chunk["outputs"]].some((list) => Array.isArray(list) && list.some(isStoppedChoice));
}

function isStoppedChoice(choice: unknown): boolean {
  return isRecord(choice) && (typeof choice["finish_reason"] === "string" || typeof choice["stop_reason"] === "string");
}

/** What comes before any content: Anthropic's `message_start` and `ping`, Nova's `messageStart`. */
function isPreamble(chunk: Readonly<Record<string, unknown>>): boolean {
  return chunk["type"] === "message_start" || chunk["type"] === "ping" || chunk["messageStart"] !== undefined;
}

function chunkBytes(event: unknown): Buffer | undefined {
  const chunk = isRecord(event) ? event["chunk"] : undefined;
  return isRecord(chunk) ? asBuffer(chunk["bytes"]) : undefined;
}
