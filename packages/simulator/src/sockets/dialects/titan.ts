import { type Dialect, type Generated, reported, textOf, unnamed } from "./dialect.ts";

/** InvokeModel with Amazon Titan Text. Source: Bedrock User Guide, "Amazon Titan Text models" (2026-11-22). */
export const titanDialect: Dialect = {
  whole: (generated) => ({
    inputTextTokenCount: reported(generated, generated.inputTokens),
    results: [
      {
        tokenCount: reported(generated, generated.outputTokens),
        outputText: textOf(generated),
        completionReason: completionReasonOf(generated),
      },
    ],
  }),
  opening: () => [],
  delta: (generated, part, index) =>
    unnamed({
      outputText: part,
      index,
      totalOutputTextTokenCount: null,
      completionReason: null,
      inputTextTokenCount: index === 0 ? reported(generated, generated.inputTokens) : null,
    }),
  closing: (generated) => [
    unnamed({
      outputText: "",
      index: generated.parts.length,
      totalOutputTextTokenCount: reported(generated, generated.outputTokens),
      completionReason: completionReasonOf(generated),
      inputTextTokenCount: null,
    }),
  ],
};

function completionReasonOf({ stopReason }: Generated): string {
  return stopReason === "max_tokens" ? "LENGTH" : "FINISH";
}
