import { type ApiStyle, errorBodyOf } from "./api-error.ts";
import type { BedrockOperation } from "./bedrock-route.ts";
import type { StreamEvent } from "./dialects/dialect.ts";
import { jsonText } from "./dialects/json-text.ts";
import { eventFrame, exceptionFrame, framePrelude } from "./event-frame.ts";

/** How the events of a stream become bytes. */
export interface StreamWire {
  readonly headers: Readonly<Record<string, string>> & { readonly "content-type": string };
  event(event: StreamEvent): Uint8Array;
  /** @param type - a member of the stream's union, such as `throttlingException`. */
  exception(type: string, message: string): Uint8Array;
  /** The start of an event far larger than any real one. */
  oversized(): Uint8Array;
  /** The start of an event that is never complete, however many fillers follow. */
  readonly unfinished: Uint8Array;
  /** One byte of it. */
  readonly filler: Uint8Array;
}

/** Frames for the AWS SDK's operations, SSE for the others. */
export function wireOf(operation: BedrockOperation, style: ApiStyle): StreamWire {
  if (style !== "aws") return style === "openai" ? openAiWire : anthropicWire;
  return operation === "ConverseStream" ? converseWire : invokeWire;
}

/** Of an oversized frame, those that come. */
const firstBytes = 1_000;
/** What a real frame may be at most. Source: AWS event stream encoding, 16 MB in all (2026-11-22). */
const largestFrameBytes = 16 * 1024 * 1024;
/** Of an SSE line without an end. */
const oversizedLineBytes = 32 * 1024 * 1024;

const frames = {
  event: ({ type, payload }: StreamEvent) => eventFrame(type, payload),
  exception: (type: string, message: string) => exceptionFrame(type, { message }),
  oversized: () => Buffer.concat([framePrelude(0x7fffffff), Buffer.alloc(firstBytes)]),
  unfinished: framePrelude(largestFrameBytes),
  filler: Buffer.alloc(1),
};
const frameHeaders = { "content-type": "application/vnd.amazon.eventstream" };
const converseWire: StreamWire = { headers: frameHeaders, ...frames };
const invokeWire: StreamWire = {
  headers: { ...frameHeaders, "x-amzn-bedrock-content-type": "application/json" },
  ...frames,
};

const openAiWire = sseWire("openai", "");
const anthropicWire = sseWire("anthropic", "error");

/** Source: WHATWG HTML, "Server-sent events" (2026-11-22). */
function sseWire(style: ApiStyle, errorEvent: string): StreamWire {
  return {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
    event: sseEvent,
    exception: (type, message) => {
      const body = errorBodyOf(style, { status: statusOfException[type] ?? 500, type, message });
      return sseEvent({ type: errorEvent, payload: body });
    },
    oversized: () => Buffer.alloc(oversizedLineBytes, "x").fill("data: ", 0, "data: ".length),
    unfinished: Buffer.from("data: "),
    filler: Buffer.from(" "),
  };
}

function sseEvent({ type, payload }: StreamEvent): Uint8Array {
  const name = type === "" ? "" : `event: ${type}\n`;
  return Buffer.from(`${name}data: ${jsonText(payload)}\n\n`);
}

/** Source: HTTP bindings of the exceptions in SDK 3.1163. */
const statusOfException: Readonly<Record<string, number>> = {
  throttlingException: 429,
  validationException: 400,
  modelTimeoutException: 408,
  modelStreamErrorException: 424,
  serviceUnavailableException: 503,
};
