import { isRecord } from "../config/plain-data.ts";
import { laterCounts, noCounts } from "../usage/answer/token-usage.ts";
import { countsOfInvocationMetrics } from "../usage/answer/usage-of-invoke.ts";
import { asBuffer, parseJson } from "../usage/json-body.ts";
import { chatChunk } from "./chat-chunk.ts";
import { mayClose, mayFail } from "./event-marks.ts";
import { converseStream } from "./converse-stream.ts";
import { messagesChunk } from "./messages-chunk.ts";
import type { StreamFailure, StreamShape } from "./shape.ts";
import { failureOfMember, failureOfObject } from "./stream-failure.ts";
import { textChunk } from "./text-chunk.ts";

/** AWS adds it to the last chunk of every family. Source: AWS blog and recorded streams (read 2026-11-22). */
const metricsKey = "amazon-bedrock-invocationMetrics";

/** InvokeModelWithResponseStream: every family has its own JSON in `chunk.bytes`; which one, the JSON says itself. */
export const invokeStream: StreamShape = {
  isContent(event) {
    const bytes = chunkBytes(event);
    if (bytes === undefined) return false;
    const chunk = parseJson(bytes);
    return !isRecord(chunk) || (failureOf(chunk) === undefined && shapeOf(chunk).isContent(chunk));
  },
  closing(event) {
    const bytes = chunkBytes(event);
    if (bytes === undefined || !mayClose(bytes.toString("latin1"))) return undefined;
    const chunk = parseJson(bytes);
    if (!isRecord(chunk)) return undefined;
    const own = shapeOf(chunk).closing(chunk);
    const metrics = chunk[metricsKey];
    if (metrics === undefined) return own;
    const counts = laterCounts(own?.counts ?? noCounts, countsOfInvocationMetrics(metrics));
    return { isEnd: true, counts, finish: own?.finish };
  },
  failure(event) {
    const bytes = chunkBytes(event);
    if (bytes === undefined) return failureOfMember(event);
    const chunk = mayFail(bytes.toString("latin1")) ? parseJson(bytes) : undefined;
    return isRecord(chunk) ? failureOf(chunk) : undefined;
  },
};

function failureOf(chunk: Readonly<Record<string, unknown>>): StreamFailure | undefined {
  const { error } = chunk;
  return shapeOf(chunk).failure(chunk) ?? (isRecord(error) ? failureOfObject(error) : undefined);
}

function shapeOf(chunk: Readonly<Record<string, unknown>>): StreamShape {
  if (Array.isArray(chunk["choices"])) return chatChunk;
  if (novaMembers.some((member) => chunk[member] !== undefined)) return converseStream;
  return typeof chunk["type"] === "string" && chunk["type"] !== "completion" ? messagesChunk : textChunk;
}

const novaMembers = [
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
];

/** The SDK gives bytes; a frame's own JSON has them in base64. */
function chunkBytes(event: unknown): Buffer | undefined {
  const chunk = isRecord(event) ? event["chunk"] : undefined;
  if (!isRecord(chunk)) return undefined;
  const { bytes } = chunk;
  return typeof bytes === "string" ? Buffer.from(bytes, "base64") : asBuffer(bytes);
}
