import { type Dialect, type Generated, reported, type StreamEvent, textOf, unnamed } from "./dialect.ts";

/** What a chat request says about its stream. */
export interface ChatStreamOptions {
  /** `stream_options.include_usage`: one more chunk, with the usage and no choices. */
  readonly includesUsage: boolean;
}

/** OpenAI's Chat Completions. Source: OpenAI API reference, "Chat completions" (2026-11-22); its SDK is the judge. */
export function chatCompletionsDialect({ includesUsage }: ChatStreamOptions): Dialect {
  return {
    whole: (generated) => ({
      ...headOf(generated, "chat.completion"),
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: textOf(generated), refusal: null },
          logprobs: null,
          finish_reason: finishReasonOf(generated),
        },
      ],
      usage: usageOf(generated),
    }),
    opening: (generated) => [chunkOf(generated, { role: "assistant", content: "" }, null)],
    delta: (generated, part) => chunkOf(generated, { content: part }, null),
    closing: (generated) => [
      chunkOf(generated, {}, finishReasonOf(generated)),
      ...(includesUsage
        ? [unnamed({ ...headOf(generated, "chat.completion.chunk"), choices: [], usage: usageOf(generated) })]
        : []),
      unnamed("[DONE]"),
    ],
  };
}

/** InvokeModel with a model that speaks Chat Completions; its stream always has the usage, and no `[DONE]`. */
export const invokedChatDialect: Dialect = {
  ...chatCompletionsDialect({ includesUsage: true }),
  closing: (generated) => chatCompletionsDialect({ includesUsage: true }).closing(generated).slice(0, -1),
};

function chunkOf(generated: Generated, delta: object, finishReason: string | null): StreamEvent {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason };
  return unnamed({ ...headOf(generated, "chat.completion.chunk"), choices: [choice] });
}

function headOf(generated: Generated, object: string): object {
  return {
    id: `chatcmpl-${generated.requestId}`,
    object,
    created: generated.createdAtS,
    model: generated.modelId,
    service_tier: "default",
  };
}

function finishReasonOf({ stopReason }: Generated): string {
  return stopReason === "max_tokens" ? "length" : "stop";
}

/** OpenAI counts cached input among the prompt's. */
function usageOf(generated: Generated): unknown {
  const promptTokens = generated.inputTokens + generated.cacheReadTokens + generated.cacheWriteTokens;
  return reported(generated, {
    prompt_tokens: promptTokens,
    completion_tokens: generated.outputTokens,
    total_tokens: promptTokens + generated.outputTokens,
    prompt_tokens_details: { cached_tokens: generated.cacheReadTokens },
  });
}
