import { describe, expect, it } from "vitest";
import { chunk, event, eventFrame, exception } from "../testing/event-frame.test.kit.ts";
import type { BodyEvent } from "./body-event.ts";
import { eventFrames } from "./event-frames.ts";

const start = event({ messageStart: { role: "assistant" } });
const delta = event({ contentBlockDelta: { delta: { text: "hi" } } });
const stream = Buffer.concat([start, delta, event({ messageStop: { stopReason: "end_turn" } })]);

async function* cutInto(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(body: AsyncIterable<Uint8Array>): Promise<readonly BodyEvent[]> {
  const events: BodyEvent[] = [];
  for await (const each of eventFrames(body)) events.push(each);
  return events;
}

describe("the events of an event stream", () => {
  it.each([1, 3, 7, 64, 10_000])("are the same however the network cuts them: every %i bytes", async (size) => {
    const events = await read(cutInto(stream, size));

    expect(events.map((each) => each.event)).toEqual([
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { delta: { text: "hi" } } },
      { messageStop: { stopReason: "end_turn" } },
    ]);
    expect(Buffer.concat(events.map(({ bytes }) => bytes))).toEqual(stream);
  });

  it("hold the model's own JSON in chunks, and exceptions", async () => {
    const [first, second] = await read(
      cutInto(Buffer.concat([chunk({ a: 1 }), exception("throttlingException", "no")]), 50),
    );

    expect(first?.event).toEqual({ chunk: { bytes: Buffer.from('{"a":1}') } });
    expect(second?.event).toEqual({ throttlingException: { message: "no" } });
  });

  it("break at an error no service model knows", async () => {
    const frame = eventFrame({ ":message-type": "error", ":error-code": "Odd", ":error-message": "no" }, "");

    await expect(read(cutInto(frame, 50))).rejects.toMatchObject({ name: "Odd" });
  });

  it("come before the fault that follows them", async () => {
    const body = eventFrames(cutInto(Buffer.concat([start, Buffer.from("<html>no</html>")]), 10_000));

    expect((await body.next()).value?.event).toEqual({ messageStart: { role: "assistant" } });
    await expect(body.next()).rejects.toMatchObject({ code: "response-invalid" });
  });

  it.each([0, 15, 16 * 1024 * 1024 + 1, 2 ** 32 - 1])("have a bound: a frame of %i bytes is none", async (length) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(length);

    await expect(read(cutInto(head, 4))).rejects.toMatchObject({ code: "response-invalid" });
  });

  it("are not believed when a byte is wrong", async () => {
    const broken = Buffer.from(start);
    broken[broken.length - 6] = 0;

    await expect(read(cutInto(broken, 64))).rejects.toMatchObject({ code: "response-invalid" });
  });

  it("break when the stream ends inside a frame", async () => {
    await expect(read(cutInto(stream.subarray(0, -3), 64))).rejects.toThrow("inside a frame");
    await expect(read(cutInto(stream.subarray(0, 2), 64))).rejects.toThrow("inside a frame");
  });
});
