import { chatStream } from "../streams/chat-stream.ts";
import { converseStream } from "../streams/converse-stream.ts";
import { invokeStream } from "../streams/invoke-stream.ts";
import { messagesStream } from "../streams/messages-stream.ts";
import { responsesStream } from "../streams/responses-stream.ts";
import type { StreamShape } from "../streams/shape.ts";
import { type BodyEvent, shapeOfBody } from "./body-event.ts";
import { eventFrames } from "./event-frames.ts";
import { isUsageChunk } from "./usage-chunk.ts";
import type { Api } from "./routed-apis.ts";
import { sseEvents } from "./sse-events.ts";
import type { WireAnswer } from "./wire-answer.ts";

/** A streamed answer, cut into events. */
export interface OpenedBody {
  readonly source: AsyncIterable<BodyEvent>;
  readonly shape: StreamShape;
}

export interface BodyReading {
  readonly api: Api;
  /** True: the usage that ends an OpenAI chat stream is for us alone. */
  readonly hidesUsage: boolean;
}

/** The events of a streamed answer, errors among them too; undefined when it is none. */
export function openBody(answer: WireAnswer, { api, hidesUsage }: BodyReading): OpenedBody | undefined {
  const shape = shapeOfBody(shapeOf[api]);
  const isHidden = api === "chat" && hidesUsage ? isUsageChunk : (): boolean => false;
  switch (answer.mediaType) {
    case "application/vnd.amazon.eventstream":
      return { source: eventFrames(answer.body), shape };
    case "text/event-stream":
      return { source: sseEvents(answer.body, isHidden), shape };
    default:
      return undefined;
  }
}

const shapeOf: Readonly<Record<Api, StreamShape>> = {
  converse: converseStream,
  invoke: invokeStream,
  chat: chatStream,
  responses: responsesStream,
  messages: messagesStream,
};
