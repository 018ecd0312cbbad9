import { type ApiStyle, errorBodyOf } from "./api-error.ts";
import type { BedrockOperation } from "./bedrock-route.ts";
import type { StreamEvent } from "./dialects/dialect.ts";
import { jsonText } from "./dialects/json-text.ts";
import { eventFrame, exceptionFrame } from "./event-frame.ts";

/** How the events of a stream become bytes. */
export interface StreamWire {
  readonly headers: Readonly<Record<string, string>>;
  event(event: StreamEvent): Uint8Array;
  /** @param type - a member of the stream's union, such as `throttlingException`. */
  exception(type: string, message: string): Uint8Array;
}

/** Frames for the AWS SDK's operations, SSE for the others. */
export function wireOf(operation: BedrockOperation, style: ApiStyle): StreamWire {
  if (style !== "aws") return style === "openai" ? openAiWire : anthropicWire;
  return operation === "ConverseStream" ? converseWire : invokeWire;
}

const frames = {
  event: ({ type, payload }: StreamEvent) => eventFrame(type, payload),
  exception: (type: string, message: string) => exceptionFrame(type, { message }),
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
