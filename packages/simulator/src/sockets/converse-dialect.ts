import type { Dialect, Generated } from "./dialect.ts";

/** Converse and ConverseStream. Source: Bedrock API reference, "Converse" and "ConverseStream" (2026-11-22). */
export const converseDialect: Dialect = {
  whole: (generated) => ({
    metrics: { latencyMs: Math.round(generated.latencyMs) },
    output: { message: { content: [{ text: generated.parts.join("") }], role: "assistant" } },
    stopReason: generated.stopReason,
    usage: usageOf(generated),
  }),
  opening: () => [{ type: "messageStart", payload: { p: padding, role: "assistant" } }],
  delta: (part) => ({
    type: "contentBlockDelta",
    payload: { contentBlockIndex: 0, delta: { text: part }, p: padding },
  }),
  closing: (generated) => [
    { type: "contentBlockStop", payload: { contentBlockIndex: 0, p: padding } },
    { type: "messageStop", payload: { p: padding, stopReason: generated.stopReason } },
    {
      type: "metadata",
      payload: {
        metrics: { latencyMs: Math.round(generated.latencyMs) },
        p: padding,
        usage: usageOf(generated),
      },
    },
  ],
};

/** AWS pads every payload with a member of random length, so that sizes tell nothing; clients must ignore it. */
const padding = "abcdefghijkl";

function usageOf({ inputTokens, outputTokens }: Generated): Readonly<Record<string, number>> {
  return {
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
  };
}
