import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteSource } from "./byte-source.ts";
import { pixelsOf } from "./image-pixels.ts";

/** Headers of files that Pillow wrote. */
const files = {
  PNG: ["iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAAAAAAQuoM4", 640, 480],
  GIF: ["R0lGODdhgALgAYEAAA==", 640, 480],
  "lossy WebP": ["UklGRoIAAABXRUJQVlA4IHYAAAAwDACdASpBAXsA", 321, 123],
  "lossless WebP": ["UklGRiYAAABXRUJQVlA4TBkAAAAvQIEeAAcQEf0P", 321, 123],
  "extended WebP": ["UklGRsIAAABXRUJQVlA4WAoAAAAYAAAAQAEAegAA", 321, 123],
  JPEG: [
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////" +
      "////////////wAALCAB7AUEBAREA",
    321,
    123,
  ],
} as const;

const jpegSegment = (marker: number, body: Buffer) =>
  Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body]);
const jpegFrame = jpegSegment(0xc2, Buffer.from([8, 0, 123, 1, 65, 3, 0, 0, 0]));
const jpegStart = Buffer.from([0xff, 0xd8]);

describe("the size of an image", () => {
  it.each(Object.entries(files))("is read from the header of a %s", (_format, [base64, width, height]) => {
    const bytes = Buffer.from(base64, "base64");

    for (const data of [bytes, new Uint8Array(bytes), base64, `data:image/x;base64,${base64}`]) {
      expect(pixelsOf(byteSource(data)!)).toEqual({ width, height });
    }
  });

  it.each([0xc4, 0xc8, 0xcc])("is not taken from a JPEG segment %i that only looks like a frame's header", (marker) => {
    const tables = jpegSegment(marker, Buffer.alloc(30, 7));

    expect(pixelsOf(byteSource(Buffer.concat([jpegStart, tables, jpegFrame]))!)).toEqual({ width: 321, height: 123 });
  });

  it("is found behind a camera's previews and profiles, decoding nothing but headers", () => {
    const previews = Array.from({ length: 40 }, (_, n) => jpegSegment(0xe1, Buffer.alloc(65_000 + n, 7)));
    const file = Buffer.concat([jpegStart, ...previews, Buffer.from([0xff]), jpegFrame, Buffer.alloc(3_000_000)]);
    const source = byteSource(file.toString("base64"))!;
    let decoded = 0;

    const pixels = pixelsOf({
      length: source.length,
      read(offset, length) {
        decoded += length;
        return source.read(offset, length);
      },
    });

    expect(pixels).toEqual({ width: 321, height: 123 });
    expect(decoded).toBeLessThan(500);
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("<svg width='3' height='4'/>")],
    ["a PNG that is cut", Buffer.from(files.PNG[0], "base64").subarray(0, 20)],
    ["a PNG of no width", Buffer.concat([Buffer.from(files.PNG[0], "base64").subarray(0, 16), Buffer.alloc(20)])],
    ["a JPEG that is cut", jpegStart],
    ["a JPEG without a frame", Buffer.concat([jpegStart, jpegSegment(0xe0, Buffer.alloc(5)), Buffer.alloc(100)])],
    ["a JPEG whose segments never end", Buffer.concat([jpegStart, Buffer.alloc(10_000, 0xff)])],
  ])("is not known of %s", (_what, bytes) => {
    expect(pixelsOf(byteSource(bytes)!)).toBeUndefined();
    expect(pixelsOf(byteSource(bytes.toString("base64"))!)).toBeUndefined();
  });

  it("is whole and above 0, or not known, whatever the bytes are", () => {
    const starts = Object.values(files).map(([base64]) => Buffer.from(base64, "base64"));
    const cuts = fc.tuple(fc.constantFrom(...starts), fc.nat(60), fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(cuts, ([start, length, rest]) => {
        const pixels = pixelsOf(byteSource(Buffer.concat([start.subarray(0, length), rest]))!);

        for (const side of Object.values(pixels ?? {})) expect(Number.isSafeInteger(side) && side > 0).toBe(true);
      }),
    );
  });
});

describe("base64", () => {
  it("is read at any place as if it had been decoded whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), fc.nat(40), (bytes, offset, length) => {
        const whole = Buffer.from(bytes);
        const source = byteSource(whole.toString("base64"))!;

        expect(source.read(offset, length)).toEqual(whole.subarray(offset, offset + length));
        expect(source.length).toBeGreaterThanOrEqual(whole.length);
        expect(source.length).toBeLessThanOrEqual(whole.length + 2);
      }),
    );
  });

  it("is decoded no further than it is read", () => {
    const source = byteSource(Buffer.alloc(1_000_000, 7).toString("base64"))!;

    expect(source.read(500_000, 9)).toEqual(Buffer.alloc(9, 7));
    expect(source.read(500_000, 9).buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize);
  });
});
