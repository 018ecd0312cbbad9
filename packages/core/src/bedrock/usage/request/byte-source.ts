import { asBuffer } from "../json-body.ts";

/** Bytes that are read a piece at a time, so that a large file in base64 is never decoded as a whole. */
export interface ByteSource {
  /** In bytes; for base64 within two of the truth. */
  readonly length: number;
  /** The bytes from `offset` on, fewer where the source ends. */
  read(offset: number, length: number): Buffer;
}

/** Bytes as they are, or as base64 text, which a `data:` URL may introduce; undefined for anything else. */
export function byteSource(data: unknown): ByteSource | undefined {
  if (typeof data === "string") return base64Source(data);
  const buffer = asBuffer(data);
  if (buffer === undefined) return undefined;
  return { length: buffer.length, read: (offset, length) => buffer.subarray(offset, offset + length) };
}

/** The media type a `data:` URL names, such as `image/png`. */
export function mediaTypeOf(data: unknown): string | undefined {
  return typeof data === "string" ? /^data:([\w.+/-]{1,128})[;,]/.exec(data.slice(0, longestHeader))?.[1] : undefined;
}

/** A `data:` URL says what it holds in fewer characters than this. */
const longestHeader = 256;

/** Four characters hold three bytes. */
function base64Source(text: string): ByteSource {
  const start = text.startsWith("data:") ? text.slice(0, longestHeader).indexOf(",") + 1 : 0;
  return {
    length: Math.floor(((text.length - start) * 3) / 4),
    read(offset, length) {
      const group = Math.floor(offset / 3);
      const end = Math.ceil((offset + length) / 3);
      const bytes = Buffer.from(text.slice(start + group * 4, start + end * 4), "base64");
      return bytes.subarray(offset - group * 3, offset - group * 3 + length);
    },
  };
}
