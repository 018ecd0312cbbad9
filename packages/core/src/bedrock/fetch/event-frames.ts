import { EventStreamCodec, type Message } from "@smithy/eventstream-codec";
import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";
import { parseJson } from "../usage/json-body.ts";
import { AnswerError } from "../transport/answer-error.ts";
import type { BodyEvent } from "./body-event.ts";

/** A frame says its own length; AWS's are far smaller, and a larger one would only fill the memory. */
const largestFrameBytes = 16 * 1024 * 1024;
/** Prelude, its checksum, and the message's checksum. Source: AWS, "Event stream encoding" (read 2026-11-22). */
const smallestFrameBytes = 16;

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);

/**
 * Events of `application/vnd.amazon.eventstream`, in the shape the SDK gives them, each with the bytes of its frame. An exception
 * is an event here too.
 * @throws {AnswerError} for an error no service model knows.
 * @throws {ShardrockError} `response-invalid` for what is no event stream.
 */
export async function* eventFrames(body: AsyncIterable<Uint8Array>): AsyncGenerator<BodyEvent> {
  let held: Buffer = Buffer.alloc(0);
  let chunks: Uint8Array[] = [];
  let missing = 4;
  for await (const chunk of body) {
    chunks.push(chunk);
    missing -= chunk.byteLength;
    if (missing > 0) continue;
    held = Buffer.concat([held, ...chunks]);
    chunks = [];
    let frame = firstFrame(held);
    for (; frame !== undefined; frame = firstFrame(held)) {
      yield { event: eventOf(decode(frame)), bytes: frame };
      held = held.subarray(frame.byteLength);
    }
    missing = missingOf(held);
  }
  if (held.byteLength > 0 || chunks.length > 0) throw new Error("it ended inside a frame");
}

function firstFrame(held: Buffer): Buffer | undefined {
  const length = missingOf(held) === 0 ? held.readUInt32BE(0) : undefined;
  return length === undefined ? undefined : held.subarray(0, length);
}

/** Bytes until the first frame is whole. */
function missingOf(held: Buffer): number {
  if (held.byteLength < 4) return 4 - held.byteLength;
  const length = held.readUInt32BE(0);
  if (length < smallestFrameBytes || length > largestFrameBytes) {
    throw new ShardrockError("response-invalid", `the answer is no event stream: a frame of ${length} bytes`);
  }
  return Math.max(0, length - held.byteLength);
}

function decode(frame: Buffer): Message {
  try {
    return codec.decode(frame);
  } catch (cause) {
    throw new ShardrockError("response-invalid", "the answer is no event stream: a malformed frame", { cause });
  }
}

function eventOf(message: Message): unknown {
  const payload = parseJson(message.body);
  switch (textOf(message, ":message-type")) {
    case "event":
      return memberOf(textOf(message, ":event-type"), payload);
    case "exception":
      return { [textOf(message, ":exception-type")]: payload };
    default:
      throw new AnswerError(textOf(message, ":error-code"), textOf(message, ":error-message"), {
        httpStatusCode: 500,
        requestId: undefined,
      });
  }
}

function memberOf(name: string, payload: unknown): unknown {
  if (name !== "chunk" || !isRecord(payload)) return { [name]: payload };
  return { chunk: { bytes: Buffer.from(String(payload["bytes"]), "base64") } };
}

function textOf({ headers }: Message, name: string): string {
  const header = headers[name];
  return header?.type === "string" ? header.value : "";
}
