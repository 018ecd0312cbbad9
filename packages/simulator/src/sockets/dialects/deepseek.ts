import { type Dialect, type Generated, textOf, unnamed } from "./dialect.ts";

/** InvokeModel with DeepSeek R1. Source: Bedrock User Guide, "DeepSeek models" (2026-11-22). */
export const deepSeekDialect: Dialect = {
  whole: (generated) => choiceOf(textOf(generated), stopReasonOf(generated)),
  opening: () => [],
  delta: (_, part) => unnamed(choiceOf(part, null)),
  closing: (generated) => [unnamed(choiceOf("", stopReasonOf(generated)))],
};

function choiceOf(text: string, stopReason: string | null): object {
  return { choices: [{ text, stop_reason: stopReason }] };
}

function stopReasonOf({ stopReason }: Generated): string {
  return stopReason === "max_tokens" ? "length" : "stop";
}
