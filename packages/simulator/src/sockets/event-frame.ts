import { crc32 } from "node:zlib";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { jsonText } from "./dialects/json-text.ts";

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"),
  (text) => Buffer.from(text),
);

/** One event as a frame of `application/vnd.amazon.eventstream`. */
export function eventFrame(type: string, payload: object | string): Uint8Array {
  return frame({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, payload);
}

/** A modelled exception inside a stream. @param type - the member's name, such as `throttlingException`. */
export function exceptionFrame(type: string, payload: object): Uint8Array {
  return frame({ ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" }, payload);
}

/** The first 12 bytes of a frame without headers, right in all but that nobody has the rest. */
export function framePrelude(totalBytes: number): Uint8Array {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(totalBytes, 0);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  return prelude;
}

function frame(headers: Readonly<Record<string, string>>, payload: object | string): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }] as const);
  return codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(jsonText(payload)) });
}
