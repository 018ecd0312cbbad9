import type { Dialect, Generated } from "./dialect.ts";
import { chunkOf, invocationMetricsOf } from "./invoke-chunk.ts";

/** InvokeModel with Claude. Source: Bedrock User Guide, "Anthropic Claude Messages API" (2026-11-22). */
export const anthropicDialect: Dialect = {
  whole: (generated) => ({
    ...messageOf(generated),
    content: [{ type: "text", text: generated.parts.join("") }],
    stop_reason: generated.stopReason,
    usage: usageOf(generated, generated.outputTokens),
  }),
  opening: (generated) => [
    chunkOf({ type: "message_start", message: { ...messageOf(generated), usage: usageOf(generated, 1) } }),
    chunkOf({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
  ],
  delta: (part) => chunkOf({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: part } }),
  closing: (generated) => [
    chunkOf({ type: "content_block_stop", index: 0 }),
    chunkOf({
      type: "message_delta",
      delta: { stop_reason: generated.stopReason, stop_sequence: null },
      usage: { output_tokens: generated.outputTokens },
    }),
    chunkOf({ type: "message_stop", ...invocationMetricsOf(generated) }),
  ],
};

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
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: outputTokens,
  };
}
