import { type Dialect, type Generated, reported, type StreamEvent, textOf } from "./dialect.ts";

/**
 * Anthropic's Messages API, which InvokeModel with Claude speaks too.
 * Source: Bedrock User Guide, "Anthropic Claude Messages API" (2026-11-22).
 */
export const anthropicDialect: Dialect = {
  whole: (generated) => ({
    ...messageOf(generated),
    content: [{ type: "text", text: textOf(generated) }],
    stop_reason: generated.stopReason,
    usage: reported(generated, usageOf(generated, generated.outputTokens)),
  }),
  opening: (generated) => [
    event({
      type: "message_start",
      message: { ...messageOf(generated), usage: reported(generated, usageOf(generated, 1)) },
    }),
    event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
  ],
  delta: (_, part) => event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: part } }),
  closing: (generated) => [
    event({ type: "content_block_stop", index: 0 }),
    event({
      type: "message_delta",
      delta: { stop_reason: generated.stopReason, stop_sequence: null },
      usage: reported(generated, { output_tokens: generated.outputTokens }),
    }),
    event({ type: "message_stop" }),
  ],
};

function event(payload: { readonly type: string; readonly [member: string]: unknown }): StreamEvent {
  return { type: payload.type, payload };
}

function messageOf(generated: Generated): object {
  return {
    id: `msg_bdrk_${generated.requestId}`,
    type: "message",
    role: "assistant",
    model: generated.modelId,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

function usageOf(generated: Generated, outputTokens: number): Readonly<Record<string, number>> {
  return {
    input_tokens: generated.inputTokens,
    cache_creation_input_tokens: generated.cacheWriteTokens,
    cache_read_input_tokens: generated.cacheReadTokens,
    output_tokens: outputTokens,
  };
}
