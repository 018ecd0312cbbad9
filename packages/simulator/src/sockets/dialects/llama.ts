import { countWordTokens } from "../simulated-tokenizer.ts";
import { type Dialect, type Generated, reported, textOf, unnamed } from "./dialect.ts";

/** InvokeModel with Meta Llama. Source: Bedrock User Guide, "Meta Llama models" (2026-11-22). */
export const llamaDialect: Dialect = {
  whole: (generated) => answerOf(generated, textOf(generated)),
  opening: () => [],
  delta: (generated, part, index) =>
    unnamed({
      generation: part,
      prompt_token_count: index === 0 ? reported(generated, generated.inputTokens) : null,
      generation_token_count: reported(generated, countWordTokens(generated.parts.slice(0, index + 1).join(""))),
      stop_reason: null,
    }),
  closing: (generated) => [unnamed({ ...answerOf(generated, ""), prompt_token_count: null })],
};

function answerOf(generated: Generated, text: string): object {
  return {
    generation: text,
    prompt_token_count: reported(generated, generated.inputTokens),
    generation_token_count: reported(generated, generated.outputTokens),
    stop_reason: generated.stopReason === "max_tokens" ? "length" : "stop",
  };
}
