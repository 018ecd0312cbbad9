import { describe, expect, it } from "vitest";
import { type UsageReading } from "../usage/answer/token-usage.ts";
import { chatStream } from "./chat-stream.ts";
import { converseStream } from "./converse-stream.ts";
import { invokeStream } from "./invoke-stream.ts";
import { messagesStream } from "./messages-stream.ts";
import { StreamOutcome } from "./outcome.ts";
import { responsesStream } from "./responses-stream.ts";
import type { StreamShape } from "./shape.ts";

const sse = (json: unknown) => ({ data: JSON.stringify(json) });
const done = { data: "[DONE]" };
const chunk = (json: unknown) => ({ chunk: { bytes: Buffer.from(JSON.stringify(json)) } });
const trailer = { "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 } };
const usage = (input: number, output: number, reads = 0, writes = 0) => ({
  kind: "reported",
  usage: { inputTokens: input, outputTokens: output, cacheReadInputTokens: reads, cacheWriteInputTokens: writes },
});

/** What is held back, from which event on it is the caller's, where it is complete, and what it used. */
function follow(shape: StreamShape, events: readonly unknown[]) {
  let told: UsageReading | undefined;
  const outcome = new StreamOutcome(shape, { settle: (reading) => (told = reading), fail: () => undefined });
  const ends = events.map((event) => {
    outcome.observe(event);
    return outcome.isComplete;
  });
  outcome.finish();
  return { contentAt: events.findIndex((event) => shape.isContent(event)), endAt: ends.indexOf(true), told };
}

/** As `follow` tells it, without why the answer ended. */
function counted(told: UsageReading | undefined): unknown {
  return told?.kind === "reported" ? { kind: told.kind, usage: told.usage } : told;
}

const messageStart = {
  type: "message_start",
  message: { usage: { input_tokens: 9, output_tokens: 1, cache_read_input_tokens: 4, cache_creation_input_tokens: 2 } },
};
const messages = [
  messageStart,
  { type: "ping" },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hi" } },
  { type: "message_delta", delta: { stop_reason: null }, usage: { output_tokens: 5 } },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 15 } },
];
const chat = [
  { choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }], usage: null },
  { choices: [{ index: 0, delta: { content: "hi" }, finish_reason: null }], usage: null },
  { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: null },
];
const chatUsage = { prompt_tokens: 10, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } };
const response = { usage: { input_tokens: 10, output_tokens: 3, input_tokens_details: { cached_tokens: 4 } } };
const converse = [
  { messageStart: { role: "assistant" } },
  { contentBlockDelta: { delta: { text: "hi" }, contentBlockIndex: 0 } },
  { contentBlockStop: { contentBlockIndex: 0 } },
  { messageStop: { stopReason: "end_turn" } },
];

describe("a stream's content, end and usage", () => {
  it.each<[string, StreamShape, readonly unknown[], [number, number, unknown]]>([
    [
      "Converse",
      converseStream,
      [...converse, { metadata: { usage: { inputTokens: 7, outputTokens: 3 } } }],
      [1, 3, usage(7, 3)],
    ],
    ["Converse without metadata", converseStream, converse, [1, 3, { kind: "missing" }]],
    [
      "Converse with a broken usage",
      converseStream,
      [...converse, { metadata: { usage: { inputTokens: "7", outputTokens: 3 } } }],
      [1, 3, { kind: "invalid" }],
    ],
    [
      "Anthropic over SSE",
      messagesStream,
      [...messages, { type: "message_stop" }].map(sse),
      [2, 6, usage(9, 15, 4, 2)],
    ],
    [
      "Anthropic over SSE that counts its input again at the end",
      messagesStream,
      [
        ...messages,
        { type: "message_delta", usage: { input_tokens: 11, output_tokens: 20 } },
        { type: "message_stop" },
      ].map(sse),
      [2, 7, usage(11, 20, 4, 2)],
    ],
    [
      "Anthropic over InvokeModel",
      invokeStream,
      [...messages, { type: "message_stop", ...trailer }].map(chunk),
      [2, 6, usage(7, 3, 4, 2)],
    ],
    [
      "Anthropic over InvokeModel without the trailer",
      invokeStream,
      [...messages, { type: "message_stop" }].map(chunk),
      [2, 6, usage(9, 15, 4, 2)],
    ],
    [
      // What it says at its start is a placeholder.
      "Anthropic that never says its output",
      messagesStream,
      [
        { type: "message_start", message: { usage: { input_tokens: 7, output_tokens: 1 } } },
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hi" } },
        { type: "message_delta", delta: { stop_reason: "end_turn" } },
        { type: "message_stop" },
      ].map((data) => ({ data: JSON.stringify(data) })),
      [1, 3, { kind: "missing" }],
    ],
    [
      "Anthropic's older API",
      invokeStream,
      [
        { type: "completion", completion: "hi", stop_reason: null },
        { type: "completion", completion: "", stop_reason: "stop_sequence", ...trailer },
      ].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "Anthropic's older API without the trailer",
      invokeStream,
      [
        { type: "completion", completion: "hi", stop_reason: null },
        { type: "completion", completion: "", stop_reason: "stop_sequence" },
      ].map(chunk),
      [0, 1, { kind: "missing" }],
    ],
    [
      "Nova that calls a tool at once",
      invokeStream,
      [
        { messageStart: { role: "assistant" } },
        { contentBlockStart: { start: { toolUse: { name: "t", toolUseId: "1" } } } },
        { messageStop: { stopReason: "tool_use" } },
      ].map(chunk),
      [1, 2, { kind: "missing" }],
    ],
    [
      "Nova",
      invokeStream,
      [...converse, { metadata: { usage: { inputTokens: 7, outputTokens: 3 } }, ...trailer }].map(chunk),
      [1, 3, usage(7, 3)],
    ],
    [
      "Nova without the trailer",
      invokeStream,
      [...converse, { metadata: { usage: { inputTokens: 8, outputTokens: 3, cacheReadInputTokenCount: 2 } } }].map(
        chunk,
      ),
      [1, 3, usage(8, 3, 2)],
    ],
    [
      "Llama",
      invokeStream,
      [
        { generation: "hi", prompt_token_count: 7, generation_token_count: 1, stop_reason: null },
        { generation: "", prompt_token_count: null, generation_token_count: 3, stop_reason: "stop" },
      ].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "Llama with the trailer",
      invokeStream,
      [
        { generation: "hi", prompt_token_count: 8, generation_token_count: 1, stop_reason: null },
        { generation: "", prompt_token_count: null, generation_token_count: 2, stop_reason: "stop", ...trailer },
      ].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "Mistral text",
      invokeStream,
      [
        { outputs: [{ text: "hi", stop_reason: null }] },
        { outputs: [{ text: "", stop_reason: "stop" }], ...trailer },
      ].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "Mistral chat",
      invokeStream,
      [
        { choices: [{ index: 0, message: { role: "assistant", content: "hi" }, stop_reason: null }] },
        { choices: [{ index: 0, message: { role: "assistant", content: "" }, stop_reason: "stop" }], ...trailer },
      ].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "Cohere",
      invokeStream,
      [
        { is_finished: false, event_type: "stream-start" },
        { is_finished: false, event_type: "text-generation", text: "hi" },
        {
          is_finished: true,
          event_type: "stream-end",
          finish_reason: "COMPLETE",
          response: { text: "hi" },
          ...trailer,
        },
      ].map(chunk),
      [1, 2, usage(7, 3)],
    ],
    [
      "Cohere without the trailer",
      invokeStream,
      [
        { is_finished: false, event_type: "text-generation", text: "hi" },
        { is_finished: true, response: { meta: { billed_units: { input_tokens: 7, output_tokens: 3 } } } },
      ].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "DeepSeek-R1",
      invokeStream,
      [
        { choices: [{ text: "hi", stop_reason: null }] },
        { choices: [{ text: "", stop_reason: "stop" }], ...trailer },
      ].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "Qwen, gpt-oss and DeepSeek-V3",
      invokeStream,
      [...chat, { choices: [], usage: chatUsage, ...trailer }].map(chunk),
      [1, 2, usage(7, 3, 4)],
    ],
    [
      "Titan",
      invokeStream,
      [
        { outputText: "hi", inputTextTokenCount: 7, totalOutputTextTokenCount: null, completionReason: null },
        { outputText: "", inputTextTokenCount: null, totalOutputTextTokenCount: 3, completionReason: "FINISH" },
      ].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "a family nobody knows",
      invokeStream,
      [{ words: "hi" }, { words: "", usage: { input_tokens: 1, output_tokens: 1 }, ...trailer }].map(chunk),
      [0, 1, usage(7, 3)],
    ],
    [
      "frames that hold their chunk in base64",
      invokeStream,
      [{ chunk: { bytes: Buffer.from(JSON.stringify({ text: "hi", ...trailer })).toString("base64") } }],
      [0, 0, usage(7, 3)],
    ],
    [
      "OpenAI chat",
      chatStream,
      [...[...chat, { choices: [], usage: chatUsage }].map(sse), done],
      [1, 2, usage(6, 3, 4)],
    ],
    ["OpenAI chat without usage", chatStream, [...chat.map(sse), done], [1, 2, { kind: "missing" }]],
    ["OpenAI chat that says no reason", chatStream, [...chat.slice(0, 2).map(sse), done], [1, 2, { kind: "missing" }]],
    ["OpenAI chat without any content", chatStream, [sse(chat[0]), done], [1, 1, { kind: "missing" }]],
    [
      "OpenAI chat with tools",
      chatStream,
      [
        sse(chat[0]),
        sse({ choices: [{ delta: { tool_calls: [{ index: 0, id: "c" }] } }] }),
        sse({ choices: [{ delta: {}, finish_reason: "tool_calls" }], usage: chatUsage }),
      ],
      [1, 2, usage(6, 3, 4)],
    ],
    ...(["response.completed", "response.incomplete", "response.failed"] as const).map(
      (type): [string, StreamShape, readonly unknown[], [number, number, unknown]] => [
        type,
        responsesStream,
        [
          { type: "response.created", response: { usage: null } },
          { type: "response.in_progress", response: { usage: null } },
          { type: "response.output_item.added", item: {} },
          { type: "response.output_text.delta", delta: "hi" },
          { type, response },
        ].map(sse),
        [2, 4, usage(6, 3, 4)],
      ],
    ),
  ])("%s", (_name, shape, events, [contentAt, endAt, told]) => {
    const followed = follow(shape, events);

    expect({ ...followed, told: counted(followed.told) }).toEqual({ contentAt, endAt, told });
  });

  it("hands out what it cannot read, because the caller may", () => {
    for (const shape of [chatStream, messagesStream, responsesStream])
      expect(shape.isContent({ data: "<p>" })).toBe(true);
    expect(invokeStream.isContent({ chunk: { bytes: Buffer.from("<p>") } })).toBe(true);
  });

  it.each([[undefined], [null], [7], ["x"], [[]], [{}], [{ data: 7 }], [{ chunk: 7 }], [{ chunk: {} }]])(
    "makes nothing of %j",
    (event) => {
      for (const shape of [converseStream, invokeStream, chatStream, messagesStream, responsesStream]) {
        expect(shape.closing(event)).toBeUndefined();
        expect(shape.failure(event)).toBeUndefined();
      }
    },
  );
});

describe("why a stream's answer ended", () => {
  const metadata = { metadata: { usage: { inputTokens: 7, outputTokens: 3 } } };
  const chatEnd = (reason: string, index = 0) => ({
    choices: [{ index, delta: {}, finish_reason: reason }],
    usage: chatUsage,
  });
  const delta = (reason: string) => ({
    type: "message_delta",
    delta: { stop_reason: reason },
    usage: { output_tokens: 5 },
  });
  const responded = (type: string, more: object) => ({ type, response: { ...response, ...more } });

  it.each<[string, StreamShape, readonly unknown[], string | undefined]>([
    ["Converse", converseStream, [{ messageStop: { stopReason: "end_turn" } }, metadata], "complete"],
    ["Converse that was cut", converseStream, [{ messageStop: { stopReason: "max_tokens" } }, metadata], "cut"],
    [
      "Converse that was filtered",
      converseStream,
      [{ messageStop: { stopReason: "content_filtered" } }, metadata],
      "other",
    ],
    ["Nova that was cut", invokeStream, [chunk({ messageStop: { stopReason: "max_tokens" } }), chunk(metadata)], "cut"],
    ["Anthropic", messagesStream, [messageStart, delta("tool_use"), { type: "message_stop" }].map(sse), "complete"],
    [
      "Anthropic that was cut",
      messagesStream,
      [messageStart, delta("max_tokens"), { type: "message_stop" }].map(sse),
      "cut",
    ],
    [
      "Anthropic over InvokeModel that was cut",
      invokeStream,
      [messageStart, delta("max_tokens"), { type: "message_stop", ...trailer }].map(chunk),
      "cut",
    ],
    ["OpenAI chat", chatStream, [sse(chatEnd("stop")), done], "complete"],
    ["OpenAI chat that was cut", chatStream, [sse(chatEnd("length")), done], "cut"],
    ["OpenAI chat with two answers", chatStream, [sse(chatEnd("stop", 1)), sse(chatEnd("stop")), done], "other"],
    ["Llama that was cut", invokeStream, [chunk({ generation: "", stop_reason: "length", ...trailer })], "cut"],
    ["Responses", responsesStream, [sse(responded("response.completed", { status: "completed" }))], "complete"],
    [
      "Responses that was cut",
      responsesStream,
      [
        sse(
          responded("response.incomplete", {
            status: "incomplete",
            incomplete_details: { reason: "max_output_tokens" },
          }),
        ),
      ],
      "cut",
    ],
  ])("is said by %s", (_name, shape, events, finish) => {
    const { told } = follow(shape, events);

    expect(told).toMatchObject({ kind: "reported", finish });
  });
});

describe("an error in a stream", () => {
  it.each<[string, StreamShape, unknown, object]>([
    [
      "of AWS, in a Converse frame",
      converseStream,
      { throttlingException: { message: "slow down" } },
      { name: "ThrottlingException", message: "slow down", status: 429 },
    ],
    [
      "of AWS, in an InvokeModel frame",
      invokeStream,
      { modelTimeoutException: {} },
      { name: "ModelTimeoutException", status: 408 },
    ],
    [
      "of Anthropic",
      messagesStream,
      sse({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
      { name: "overloaded_error", message: "Overloaded", status: 529 },
    ],
    [
      "of Anthropic, in an InvokeModel chunk",
      invokeStream,
      chunk({ type: "error", error: { type: "rate_limit_error", message: "no" } }),
      { name: "rate_limit_error", message: "no", status: 429 },
    ],
    [
      "of OpenAI, in an InvokeModel chunk",
      invokeStream,
      chunk({ error: { type: "server_error", message: "no" } }),
      { name: "server_error", message: "no", status: 500 },
    ],
    [
      "of OpenAI chat",
      chatStream,
      sse({ error: { type: "tokens", code: "rate_limit_exceeded", message: "no" } }),
      { name: "rate_limit_exceeded", message: "no", status: 429 },
    ],
    [
      "of a server that copies OpenAI chat",
      chatStream,
      sse({ error: { type: "BadThing", code: 503, message: "no" } }),
      { name: "BadThing", message: "no", status: 503 },
    ],
    [
      "of OpenAI Responses",
      responsesStream,
      sse({ type: "error", code: "server_error", message: "no", param: null }),
      { name: "server_error", message: "no", status: 500 },
    ],
    [
      "of a failed response",
      responsesStream,
      sse({ type: "response.failed", response: { error: { code: "rate_limit_exceeded", message: "no" } } }),
      { name: "rate_limit_exceeded", message: "no", status: 429 },
    ],
    [
      "that has no fit name",
      messagesStream,
      sse({ type: "error", error: { type: "two words\n", message: 7 } }),
      { name: "unknown_error" },
    ],
    ["that is empty", messagesStream, sse({ type: "error" }), { name: "unknown_error" }],
  ])("%s is no content, and says what it is", (_name, shape, event, failure) => {
    expect(shape.isContent(event)).toBe(false);
    expect(shape.failure(event)).toEqual(failure);
  });

  it("is not seen in content that speaks of errors", () => {
    const said = { error: "is what I was asked about", type: "error" };

    expect(converseStream.failure({ contentBlockDelta: { delta: said } })).toBeUndefined();
    expect(
      chatStream.failure(sse({ choices: [{ delta: { content: JSON.stringify(said) } }], error: null })),
    ).toBeUndefined();
    expect(messagesStream.failure(sse({ type: "content_block_delta", delta: said }))).toBeUndefined();
    expect(responsesStream.failure(sse({ type: "response.output_text.delta", delta: "error" }))).toBeUndefined();
  });
});
