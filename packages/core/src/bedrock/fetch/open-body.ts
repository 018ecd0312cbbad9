import { converseStream, invokeStream, type StreamShape } from "../streams/shape.ts";
import { type BodyEvent, shapeOfBody } from "./body-event.ts";
import { eventFrames } from "./event-frames.ts";
import type { Api } from "./routed-apis.ts";
import { sseEvents } from "./sse-events.ts";
import { chatStream, isUsageChunk, messagesStream, responsesStream } from "./sse-shapes.ts";
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

/** The events of a streamed answer; undefined when it is none. */
export function openBody({ headers, body }: WireAnswer, { api, hidesUsage }: BodyReading): OpenedBody | undefined {
  const [type = ""] = (headers["content-type"] ?? "").split(";", 1);
  const shape = shapeOfBody(shapeOf(api));
  switch (type.trim().toLowerCase()) {
    case "application/vnd.amazon.eventstream":
      return { source: eventFrames(body), shape };
    case "text/event-stream":
      return { source: sseEvents(body, api === "chat" && hidesUsage ? isUsageChunk : () => false), shape };
    default:
      return undefined;
  }
}

function shapeOf(api: Api): StreamShape {
  switch (api) {
    case "converse":
      return converseStream;
    case "invoke":
      return invokeStream;
    case "chat":
      return chatStream;
    case "responses":
      return responsesStream;
    case "messages":
      return messagesStream();
    default:
      return api satisfies never;
  }
}
