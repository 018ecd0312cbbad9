import { crc32 } from "node:zlib";

/**
 * For tests: one frame of an event stream.
 * Source: AWS, "Event stream encoding" (read 2026-11-22): lengths, CRC, headers of type string, payload, CRC.
 */
export function eventFrame(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + head.length + body.length, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const frame = Buffer.concat([prelude, head, body]);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(frame));
  return Buffer.concat([frame, end]);
}

/** A frame with one event, `{ contentBlockDelta: { … } }`. */
export function event(of: Readonly<Record<string, unknown>>): Uint8Array {
  const [type = "", payload] = Object.entries(of)[0] ?? [];
  return eventFrame(
    { ":message-type": "event", ":event-type": type, ":content-type": "application/json" },
    JSON.stringify(payload),
  );
}

/** A frame with one piece of a model's own JSON, as InvokeModel streams it. */
export function chunk(body: unknown): Uint8Array {
  return event({ chunk: { bytes: Buffer.from(JSON.stringify(body)).toString("base64") } });
}

/** A frame that ends the stream with an error, such as `throttlingException`. */
export function exception(type: string, message: string): Uint8Array {
  return eventFrame(
    { ":message-type": "exception", ":exception-type": type, ":content-type": "application/json" },
    JSON.stringify({ message }),
  );
}

function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
}
