import { describe, expect, it } from "vitest";
import type { BodyEvent } from "./body-event.ts";
import { sseEvents } from "./sse-events.ts";

async function* cutInto(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  body: AsyncIterable<Uint8Array>,
  isHidden: (data: string) => boolean = () => false,
): Promise<readonly BodyEvent[]> {
  const events: BodyEvent[] = [];
  for await (const each of sseEvents(body, isHidden)) events.push(each);
  return events;
}

const stream = 'event: message_start\ndata: {"text":"Grüße, 河"}\n\nid: 7\ndata: one\ndata: two\n\ndata: [DONE]\n\n';

describe("server-sent events", () => {
  it.each([1, 2, 5, 1_000])("are the same however the network cuts them: every %i bytes", async (size) => {
    const events = await read(cutInto(stream, size));

    expect(events.map((each) => each.event)).toMatchObject([
      { event: "message_start", data: '{"text":"Grüße, 河"}' },
      { data: "one\ntwo" },
      { data: "[DONE]" },
    ]);
    expect(Buffer.concat(events.map(({ bytes }) => bytes)).toString()).toBe(stream);
  });

  it("are not comments and unknown fields, nor what has no end", async () => {
    const events = await read(cutInto(": alive\n\nodd: 1\n\ndata: a\n\ndata: cut", 4));

    expect(events.map((each) => each.event)).toMatchObject([{ data: "a" }]);
  });

  it("read alike with other line ends", async () => {
    const events = await read(cutInto("data: a\r\n\r\ndata: b\r\n\r\n", 3));

    expect(events.map((each) => each.event)).toMatchObject([{ data: "a" }, { data: "b" }]);
  });

  it("are kept from the caller when they are for us alone", async () => {
    const events = await read(cutInto("data: a\n\ndata: ours\n\n", 100), (data) => data === "ours");

    expect(events.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["data: a\n\n", ""]);
  });

  it("have a bound", async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(1024 * 1024, "a");
    };

    await expect(read(endless())).rejects.toMatchObject({ code: "response-invalid" });
  });
});
