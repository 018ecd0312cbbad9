import { createParser, type EventSourceMessage } from "eventsource-parser";
import { ShardrockError } from "../../errors.ts";
import type { BodyEvent } from "./body-event.ts";

/** Characters one event may have; a larger one is a fault, and would only fill the memory. */
const longestEvent = 16 * 1024 * 1024;

/**
 * Events of `text/event-stream`. Comments are no event, so a server's sign of life does not pass for progress.
 * @param isHidden - true for the data of an event the caller did not ask for.
 * @throws {ShardrockError} `response-invalid` for an endless event.
 */
export async function* sseEvents(
  body: AsyncIterable<Uint8Array>,
  isHidden: (data: string) => boolean,
): AsyncGenerator<BodyEvent> {
  const messages: EventSourceMessage[] = [];
  let isEndless = false;
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent: (message) => void messages.push(message),
    // Fields nobody knows are passed over, as the standard says.
    onError: ({ type }) => void (isEndless ||= type === "max-buffer-size-exceeded"),
  });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const message of messages.splice(0)) {
      yield { event: message, bytes: isHidden(message.data) ? nothing : bytesOf(message) };
    }
    if (isEndless) throw new ShardrockError("response-invalid", `an event of more than ${longestEvent} characters`);
  }
}

const nothing = new Uint8Array();

function bytesOf({ id, event, data }: EventSourceMessage): Uint8Array {
  const lines = data.split("\n").map((line) => `data: ${line}\n`);
  if (event !== undefined) lines.unshift(`event: ${event}\n`);
  if (id !== undefined) lines.unshift(`id: ${id}\n`);
  return Buffer.from(`${lines.join("")}\n`);
}
