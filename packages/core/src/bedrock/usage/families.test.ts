import { describe, expect, it } from "vitest";
import type { ModelFamily } from "../fleet/model-catalogue.ts";
import { invokeStream } from "../streams/invoke-stream.ts";
import { StreamOutcome } from "../streams/outcome.ts";
import type { UsageReading } from "./answer/token-usage.ts";
import { usageOfInvoke } from "./answer/usage-of-invoke.ts";
import { sizeOfInvoke } from "./request/size-of-invoke.ts";

const prompt = "How many quotas does a bank need? Ä. ".repeat(100);
const promptBytes = Buffer.byteLength(prompt);
const headers = { "x-amzn-bedrock-input-token-count": "21", "x-amzn-bedrock-output-token-count": "12" };
const trailer = { "amazon-bedrock-invocationMetrics": { inputTokenCount: 31, outputTokenCount: 13 } };

interface Example {
  readonly name: string;
  readonly family: ModelFamily;
  readonly body: object;
  readonly maxTokens: number | undefined;
  /** What the model answers; its own counts, where it has any, are 11 and 7. */
  readonly answer: object;
  readonly counts?: "none";
  /** The last chunk of its stream, before AWS adds its metrics. */
  readonly lastChunk: object;
}

const chatAnswer = {
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
};
const chatChunk = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

const examples: readonly Example[] = [
  {
    name: "Anthropic Messages",
    family: "anthropic",
    body: { anthropic_version: "v", max_tokens: 77, messages: [{ role: "user", content: prompt }] },
    maxTokens: 77,
    answer: { type: "message", content: [], stop_reason: "end_turn", usage: { input_tokens: 11, output_tokens: 7 } },
    lastChunk: { type: "message_stop" },
  },
  {
    name: "Anthropic text",
    family: "anthropic",
    body: { prompt, max_tokens_to_sample: 77 },
    maxTokens: 77,
    answer: { completion: "hi", stop_reason: "stop_sequence" },
    counts: "none",
    lastChunk: { type: "completion", completion: "", stop_reason: "stop_sequence" },
  },
  {
    name: "Nova",
    family: "nova",
    body: { inferenceConfig: { maxTokens: 77 }, messages: [{ role: "user", content: [{ text: prompt }] }] },
    maxTokens: 77,
    answer: { output: {}, usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 } },
    lastChunk: { metadata: { usage: { inputTokens: 1, outputTokens: 1 } } },
  },
  {
    name: "Nova in its older words",
    family: "nova",
    body: { inferenceConfig: { max_new_tokens: 77 }, messages: [{ role: "user", content: [{ text: prompt }] }] },
    maxTokens: 77,
    answer: { usage: { inputTokens: 11, outputTokens: 7, cacheReadInputTokenCount: 0, cacheWriteInputTokenCount: 0 } },
    lastChunk: { metadata: {} },
  },
  {
    name: "Llama",
    family: "llama",
    body: { prompt, max_gen_len: 77 },
    maxTokens: 77,
    answer: { generation: "hi", prompt_token_count: 11, generation_token_count: 7, stop_reason: "stop" },
    lastChunk: { generation: "", prompt_token_count: null, generation_token_count: 7, stop_reason: "stop" },
  },
  {
    name: "Llama with another's words, which it does not read",
    family: "llama",
    body: { prompt, max_tokens: 77 },
    maxTokens: undefined,
    answer: { generation: "hi" },
    counts: "none",
    lastChunk: { generation: "", stop_reason: "length" },
  },
  {
    name: "Mistral text",
    family: "mistral",
    body: { prompt, max_tokens: 77 },
    maxTokens: 77,
    answer: { outputs: [{ text: "hi", stop_reason: "stop" }] },
    counts: "none",
    lastChunk: { outputs: [{ text: "", stop_reason: "stop" }] },
  },
  {
    name: "Mistral chat",
    family: "mistral",
    body: { messages: [{ role: "user", content: prompt }], max_tokens: 77 },
    maxTokens: 77,
    answer: { ...chatAnswer, choices: [{ index: 0, message: { content: "hi" }, stop_reason: "stop" }] },
    lastChunk: { choices: [{ index: 0, message: { content: "" }, stop_reason: "stop" }] },
  },
  {
    name: "Cohere Command R",
    family: "cohere",
    body: {
      message: prompt.slice(0, -400),
      chat_history: [{ role: "USER", message: prompt.slice(-400) }],
      max_tokens: 77,
    },
    maxTokens: 77,
    answer: { text: "hi", finish_reason: "COMPLETE", meta: { billed_units: { input_tokens: 11, output_tokens: 7 } } },
    lastChunk: { is_finished: true, event_type: "stream-end", finish_reason: "COMPLETE" },
  },
  {
    name: "DeepSeek-R1",
    family: "deepseek",
    body: { prompt, max_tokens: 77 },
    maxTokens: 77,
    answer: { choices: [{ text: "hi", stop_reason: "stop" }] },
    counts: "none",
    lastChunk: { choices: [{ text: "", stop_reason: "stop" }] },
  },
  {
    name: "DeepSeek-V3",
    family: "deepseek",
    body: { messages: [{ role: "user", content: prompt }], max_tokens: 77 },
    maxTokens: 77,
    answer: chatAnswer,
    lastChunk: chatChunk,
  },
  {
    name: "Qwen",
    family: "qwen",
    body: { messages: [{ role: "user", content: prompt }], max_tokens: 77 },
    maxTokens: 77,
    answer: chatAnswer,
    lastChunk: chatChunk,
  },
  {
    name: "gpt-oss",
    family: "openai",
    body: { messages: [{ role: "developer", content: prompt }], max_completion_tokens: 77, stream: false },
    maxTokens: 77,
    answer: chatAnswer,
    lastChunk: chatChunk,
  },
  {
    name: "Titan",
    family: "titan",
    body: { inputText: prompt, textGenerationConfig: { maxTokenCount: 77 } },
    maxTokens: 77,
    answer: { inputTextTokenCount: 11, results: [{ tokenCount: 3 }, { tokenCount: 4 }] },
    lastChunk: { outputText: "", completionReason: "FINISH", totalOutputTextTokenCount: 7 },
  },
  ...(
    [
      { max_tokens: 77 },
      { max_completion_tokens: 77 },
      { max_tokens_to_sample: 77 },
      { max_gen_len: 77 },
      { max_output_tokens: 77 },
      { max_new_tokens: 77 },
      { maxTokens: 77 },
      { parameters: { max_new_tokens: 77 } },
      { inferenceConfig: { maxTokens: 77 } },
      { textGenerationConfig: { maxTokenCount: 77 } },
      { max_tokens: 5, max_new_tokens: 77 },
      { max_tokens: 77, max_new_tokens: 5 },
    ] as const
  ).map((limit): Example => ({
    name: `a family nobody knows, with ${JSON.stringify(limit)}`,
    family: "other",
    body: { prompt, ...limit },
    maxTokens: 77,
    answer: { usage: { input_tokens: 11, output_tokens: 7 } },
    lastChunk: { words: "" },
  })),
  {
    name: "a family nobody knows, without a limit",
    family: "other",
    body: { prompt },
    maxTokens: undefined,
    answer: { words: "hi" },
    counts: "none",
    lastChunk: { words: "" },
  },
];

const reported = (inputTokens: number, outputTokens: number): UsageReading => ({
  kind: "reported",
  usage: { inputTokens, outputTokens, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 },
});

describe.each(examples)("InvokeModel of $name", ({ family, body, maxTokens, answer, counts, lastChunk }) => {
  it("has its limit and its text read, as text, as bytes and parsed", () => {
    const text = JSON.stringify(body);
    for (const form of [text, Buffer.from(text), new TextEncoder().encode(text), body]) {
      const size = sizeOfInvoke(form, family);

      expect(size.maxTokens).toBe(maxTokens);
      expect(size.blockTokens).toBe(0);
      expect(size.textBytes).toBeGreaterThanOrEqual(promptBytes);
      expect(size.textBytes).toBeLessThan(promptBytes + 80);
      expect(size.bytes).toBe(form === body ? size.textBytes : Buffer.byteLength(text));
    }
  });

  it("is measured by AWS's headers, else by its own body", () => {
    expect(usageOfInvoke(headers, answer)).toEqual(reported(21, 12));
    expect(usageOfInvoke({}, answer)).toEqual(counts === "none" ? { kind: "missing" } : reported(11, 7));
  });

  it("is measured by AWS's metrics at the end of its stream", () => {
    const told: UsageReading[] = [];
    const outcome = new StreamOutcome(invokeStream, { settle: (usage) => told.push(usage), fail: () => undefined });

    outcome.observe({ chunk: { bytes: Buffer.from(JSON.stringify({ ...lastChunk, ...trailer })) } });

    expect(told).toMatchObject([reported(31, 13)]);
  });
});
