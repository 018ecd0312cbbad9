import { type Dialect, type Generated, reported, textOf } from "./dialect.ts";

/** Converse and ConverseStream. Source: Bedrock API reference, "Converse" and "ConverseStream" (2026-11-22). */
export const converseDialect: Dialect = {
  whole: (generated) => ({
    metrics: { latencyMs: Math.round(generated.latencyMs) },
    output: { message: { content: [{ text: textOf(generated) }], role: "assistant" } },
    stopReason: generated.stopReason,
    usage: usageOf(generated),
  }),
  opening: () => [{ type: "messageStart", payload: { p: padding, role: "assistant" } }],
  delta: (_, part) => ({
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

function usageOf(generated: Generated): unknown {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = generated;
  return reported(generated, {
    cacheReadInputTokens: cacheReadTokens,
    cacheWriteInputTokens: cacheWriteTokens,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens,
  });
}
