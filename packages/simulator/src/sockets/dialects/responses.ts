import { type Dialect, type Generated, reported, type StreamEvent, textOf } from "./dialect.ts";

/**
 * OpenAI's Responses. A stream whose output was cut ends with `response.incomplete` in place of `response.completed`.
 * Source: OpenAI API reference, "Responses" and "Streaming events" (2026-11-22); its SDK is the judge.
 */
export const responsesDialect: Dialect = {
  whole: (generated) => finishedOf(generated),
  opening: (generated) =>
    numbered(0, [
      { type: "response.created", response: unfinishedOf(generated) },
      { type: "response.in_progress", response: unfinishedOf(generated) },
      { type: "response.output_item.added", output_index: 0, item: messageOf(generated, "in_progress", []) },
      { type: "response.content_part.added", ...placeOf(generated), part: textPart("") },
    ]),
  delta: (generated, part, index) =>
    named({
      type: "response.output_text.delta",
      sequence_number: openingEvents + index,
      ...placeOf(generated),
      delta: part,
      logprobs: [],
    }),
  closing: (generated) => {
    const text = textOf(generated);
    return numbered(openingEvents + generated.parts.length, [
      { type: "response.output_text.done", ...placeOf(generated), text, logprobs: [] },
      { type: "response.content_part.done", ...placeOf(generated), part: textPart(text) },
      { type: "response.output_item.done", output_index: 0, item: finishedMessageOf(generated) },
      { type: `response.${statusOf(generated)}`, response: finishedOf(generated) },
    ]);
  },
};

const openingEvents = 4;

interface NamedEvent {
  readonly type: string;
  readonly [member: string]: unknown;
}

function named(payload: NamedEvent): StreamEvent {
  return { type: payload.type, payload };
}

function numbered(first: number, payloads: readonly NamedEvent[]): readonly StreamEvent[] {
  return payloads.map((payload, index) => ({
    type: payload.type,
    payload: { ...payload, sequence_number: first + index },
  }));
}

function finishedOf(generated: Generated): object {
  const isCut = generated.stopReason === "max_tokens";
  return {
    ...headOf(generated),
    status: statusOf(generated),
    incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
    output: [finishedMessageOf(generated)],
    usage: usageOf(generated),
  };
}

function unfinishedOf(generated: Generated): object {
  return { ...headOf(generated), status: "in_progress", incomplete_details: null, output: [], usage: null };
}

function headOf({ requestId, createdAtS, modelId }: Generated): object {
  return {
    id: `resp_${requestId}`,
    object: "response",
    created_at: createdAtS,
    model: modelId,
    error: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
  };
}

function finishedMessageOf(generated: Generated): object {
  return messageOf(generated, statusOf(generated), [textPart(textOf(generated))]);
}

function messageOf({ requestId }: Generated, status: string, content: readonly object[]): object {
  return { id: `msg_${requestId}`, type: "message", role: "assistant", status, content };
}

function placeOf({ requestId }: Generated): object {
  return { item_id: `msg_${requestId}`, output_index: 0, content_index: 0 };
}

function textPart(text: string): object {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function statusOf({ stopReason }: Generated): "completed" | "incomplete" {
  return stopReason === "max_tokens" ? "incomplete" : "completed";
}

/** OpenAI counts cached input among the input. */
function usageOf(generated: Generated): unknown {
  const inputTokens = generated.inputTokens + generated.cacheReadTokens + generated.cacheWriteTokens;
  return reported(generated, {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: generated.cacheReadTokens },
    output_tokens: generated.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + generated.outputTokens,
  });
}
