import { type Dialect, type Generated, reported, textOf, unnamed } from "./dialect.ts";

/** InvokeModel with Amazon Nova. Source: Amazon Nova User Guide, "Complete request schema" (2026-11-22). */
export const novaDialect: Dialect = {
  whole: (generated) => ({
    output: { message: { content: [{ text: textOf(generated) }], role: "assistant" } },
    stopReason: generated.stopReason,
    usage: reported(generated, {
      ...usageOf(generated),
      totalTokens: generated.inputTokens + generated.outputTokens,
    }),
  }),
  opening: () => [unnamed({ messageStart: { role: "assistant" } })],
  delta: (_, part) => unnamed({ contentBlockDelta: { delta: { text: part }, contentBlockIndex: 0 } }),
  closing: (generated) => [
    unnamed({ contentBlockStop: { contentBlockIndex: 0 } }),
    unnamed({ messageStop: { stopReason: generated.stopReason } }),
    unnamed({ metadata: { usage: reported(generated, usageOf(generated)), metrics: {}, trace: {} } }),
  ],
};

function usageOf(generated: Generated): object {
  return {
    inputTokens: generated.inputTokens,
    outputTokens: generated.outputTokens,
    cacheReadInputTokenCount: generated.cacheReadTokens,
    cacheWriteInputTokenCount: generated.cacheWriteTokens,
  };
}
