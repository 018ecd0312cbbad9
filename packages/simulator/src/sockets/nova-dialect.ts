import type { Dialect } from "./dialect.ts";
import { chunkOf, invocationMetricsOf } from "./invoke-chunk.ts";

/** InvokeModel with Amazon Nova. Source: Amazon Nova User Guide, "Complete request schema" (2026-11-22). */
export const novaDialect: Dialect = {
  whole: (generated) => ({
    output: { message: { content: [{ text: generated.parts.join("") }], role: "assistant" } },
    stopReason: generated.stopReason,
    usage: {
      inputTokens: generated.inputTokens,
      outputTokens: generated.outputTokens,
      totalTokens: generated.inputTokens + generated.outputTokens,
      cacheReadInputTokenCount: 0,
      cacheWriteInputTokenCount: 0,
    },
  }),
  opening: () => [chunkOf({ messageStart: { role: "assistant" } })],
  delta: (part) => chunkOf({ contentBlockDelta: { delta: { text: part }, contentBlockIndex: 0 } }),
  closing: (generated) => [
    chunkOf({ contentBlockStop: { contentBlockIndex: 0 } }),
    chunkOf({ messageStop: { stopReason: generated.stopReason } }),
    chunkOf({
      metadata: {
        usage: {
          inputTokens: generated.inputTokens,
          outputTokens: generated.outputTokens,
          cacheReadInputTokenCount: 0,
          cacheWriteInputTokenCount: 0,
        },
        metrics: {},
        trace: {},
      },
      ...invocationMetricsOf(generated),
    }),
  ],
};
