import { crc32 } from "node:zlib";

/**
 * Frames of an event stream, written from the specification and not by the code that reads them.
 * Source: AWS, "Event stream encoding" of Amazon Transcribe's developer guide (read 2026-11-22).
 */
export function eventStreamOf(events: readonly object[]): Buffer {
  return Buffer.concat(events.map(eventOf));
}

/** What AWS says in place of an event, which ends the stream. */
export function exceptionOf(name: string, message: string): Buffer {
  return frameOf({ ":exception-type": name, ":message-type": "exception" }, { message });
}

function eventOf(event: object): Buffer {
  const [[name, payload] = ["", {}]] = Object.entries(event) as [string, unknown][];
  return frameOf({ ":event-type": name, ":message-type": "event" }, payload);
}

function frameOf(facts: Readonly<Record<string, string>>, payload: unknown): Buffer {
  const all = Object.entries({ ":content-type": "application/json", ...facts });
  const headers = Buffer.concat(all.map(([name, value]) => header(name, value)));
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  const most = Buffer.concat([prelude, checksum(prelude), headers, body]);
  return Buffer.concat([most, checksum(most)]);
}

/** A header whose value is a text (type 7). */
function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(7), length, Buffer.from(value)]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes) >>> 0);
  return sum;
}
