import type { ByteSource } from "./byte-source.ts";

/** Size of an image, each side 1 or more. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
}

/** Reads the size from the header of a PNG, JPEG, GIF or WebP file; undefined for anything else. */
export function pixelsOf(file: ByteSource): Pixels | undefined {
  const head = file.read(0, longestHead);
  const pixels = pngPixels(head) ?? gifPixels(head) ?? webpPixels(head) ?? jpegPixels(file, head);
  return pixels !== undefined && pixels.width > 0 && pixels.height > 0 ? pixels : undefined;
}

/** What PNG, GIF and WebP need, in bytes. */
const longestHead = 30;

/** Source: W3C, PNG specification, 5.2 and 11.2.1. */
function pngPixels(head: Buffer): Pixels | undefined {
  if (head.length < 24 || head.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") return undefined;
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

/** Source: CompuServe, GIF89a specification, 18. */
function gifPixels(head: Buffer): Pixels | undefined {
  if (head.length < 10 || !/^GIF8[79]a/.test(head.toString("latin1", 0, 6))) return undefined;
  return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
}

/** Three kinds: lossy, lossless and extended. Source: Google, "WebP container specification". */
function webpPixels(head: Buffer): Pixels | undefined {
  if (head.length < longestHead || head.toString("latin1", 0, 4) !== "RIFF") return undefined;
  switch (head.toString("latin1", 8, 16)) {
    case "WEBPVP8 ":
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
    case "WEBPVP8L": {
      const bits = head.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "WEBPVP8X":
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

/** Cameras put a few dozen segments before the frame's, among them previews of up to 64 KB each. */
const mostSegments = 500;

/** Hops from segment to segment up to the frame header. Source: ITU-T T.81, B.1.1 and B.2.2. */
function jpegPixels(file: ByteSource, head: Buffer): Pixels | undefined {
  if (head.toString("latin1", 0, 2) !== "\xff\xd8") return undefined;
  let offset = 2;
  for (let segment = 0; segment < mostSegments; segment++) {
    const bytes = file.read(offset, 9);
    if (bytes.length < 9 || bytes[0] !== 0xff) return undefined;
    const marker = bytes.readUInt8(1);
    if (isFrameHeader(marker)) return { height: bytes.readUInt16BE(5), width: bytes.readUInt16BE(7) };
    // A marker may be preceded by any number of fill bytes.
    offset += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(2);
  }
  return undefined;
}

/** Three markers of that range mean something else. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
