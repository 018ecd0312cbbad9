import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { event } from "../testing/event-frame.test.kit.ts";
import { boundFrames, longestFrame } from "./frame-bound.ts";

async function* body(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** The bytes that go through, and how it ends. */
async function readAll(chunks: readonly Uint8Array[]): Promise<{ readonly bytes: Buffer; readonly error: unknown }> {
  const stream = body(chunks);
  boundFrames(stream);
  const seen: Uint8Array[] = [];
  try {
    for await (const chunk of stream) seen.push(chunk);
  } catch (error) {
    return { bytes: Buffer.concat(seen), error };
  }
  return { bytes: Buffer.concat(seen), error: undefined };
}

/** The first bytes of a frame that says it has so many. */
function lengthOf(bytes: number): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

function split(bytes: Uint8Array, offsets: readonly number[]): readonly Uint8Array[] {
  const cuts = [0, ...offsets.map((offset) => offset % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((to, index) => bytes.subarray(cuts[index], to));
}

const frame = event({ contentBlockDelta: { delta: { text: "hello" } } });

describe("an event stream", () => {
  it("goes through untouched when its frames have a length they may have, byte for byte the same objects", async () => {
    const stream = body([frame, frame]);
    boundFrames(stream);

    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk);

    expect(chunks[0]).toBe(frame);
    expect(chunks[1]).toBe(frame);
  });

  it.each([0, 4, 15, longestFrame + 1, 0x7f_ff_ff_ff, 0xff_ff_ff_ff])(
    "breaks before the decoder sees a frame of %i bytes, after all that came before it",
    async (length) => {
      const { bytes, error } = await readAll([Buffer.concat([frame, lengthOf(length), Buffer.alloc(100)])]);

      expect(error).toMatchObject({ code: "response-invalid", message: expect.stringContaining(String(length)) });
      expect(bytes.equals(frame)).toBe(true);
    },
  );

  it.each([16, longestFrame])("may hold a frame of %i bytes", async (length) => {
    const whole = Buffer.concat([lengthOf(length), Buffer.alloc(length - 4)]);

    expect((await readAll([whole])).error).toBeUndefined();
  });

  it.each([1, 3, 4, frame.length - 1])("is cut off when it ends %i bytes into a frame", async (bytes) => {
    const { error } = await readAll([frame, frame.subarray(0, bytes)]);

    expect(error).toMatchObject({ code: "response-invalid" });
  });

  it("is judged the same however the network cuts its bytes", async () => {
    const sound = fc
      .integer({ min: 16, max: 60 })
      .map((length) => Buffer.concat([lengthOf(length), Buffer.alloc(length - 4, 7)]));
    const unsound = fc
      .constantFrom(0, 3, 15, longestFrame + 1, 0xff_ff_ff_ff)
      .map((length) => Buffer.from(lengthOf(length)));
    const piece = fc.oneof({ weight: 8, arbitrary: sound }, unsound, fc.uint8Array({ maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        async (pieces, offsets) => {
          const bytes = Buffer.concat(pieces);

          const whole = await readAll([bytes]);
          const cut = await readAll(split(bytes, offsets));

          expect(String(cut.error)).toBe(String(whole.error));
          // Up to three bytes of a bad length may have gone by before it was known.
          expect(cut.bytes.subarray(0, whole.bytes.length).equals(whole.bytes)).toBe(true);
          expect(cut.bytes.length - whole.bytes.length).toBeLessThan(4);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("still gives the upstream back when its reader leaves", async () => {
    let isLeft = false;
    const stream: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: frame }),
        return: async () => {
          isLeft = true;
          return { done: true, value: undefined };
        },
      }),
    };
    boundFrames(stream);

    for await (const _chunk of stream) break;

    expect(isLeft).toBe(true);
  });
});
