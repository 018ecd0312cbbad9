import { type Dialect, type Generated, textOf, unnamed } from "./dialect.ts";

/** InvokeModel with Mistral's text completion. Source: Bedrock User Guide, "Mistral AI text completion" (2026-11-22). */
export const mistralTextDialect: Dialect = {
  whole: (generated) => outputOf(textOf(generated), stopReasonOf(generated)),
  opening: () => [],
  delta: (_, part) => unnamed(outputOf(part, null)),
  closing: (generated) => [unnamed(outputOf("", stopReasonOf(generated)))],
};

function outputOf(text: string, stopReason: string | null): object {
  return { outputs: [{ text, stop_reason: stopReason }] };
}

function stopReasonOf({ stopReason }: Generated): string {
  return stopReason === "max_tokens" ? "length" : "stop";
}
