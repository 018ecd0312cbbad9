import { type Dialect, type Generated, textOf, unnamed } from "./dialect.ts";

/** InvokeModel with Cohere Command R. Source: Bedrock User Guide, "Cohere Command R models" (2026-11-22). */
export const cohereDialect: Dialect = {
  whole: (generated) => answerOf(generated),
  opening: (generated) => [
    unnamed({ event_type: "stream-start", is_finished: false, generation_id: generated.requestId }),
  ],
  delta: (_, part) => unnamed({ event_type: "text-generation", is_finished: false, text: part }),
  closing: (generated) => [
    unnamed({
      event_type: "stream-end",
      is_finished: true,
      finish_reason: finishReasonOf(generated),
      response: answerOf(generated),
    }),
  ],
};

function answerOf(generated: Generated): object {
  return {
    response_id: `resp-${generated.requestId}`,
    text: textOf(generated),
    generation_id: generated.requestId,
    chat_history: [],
    finish_reason: finishReasonOf(generated),
  };
}

function finishReasonOf({ stopReason }: Generated): string {
  return stopReason === "max_tokens" ? "MAX_TOKENS" : "COMPLETE";
}
