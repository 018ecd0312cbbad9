import type { BedrockRuntime } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { collect, host, startRig } from "./sockets.test.kit.ts";

const text = new TextDecoder();
const messages = [{ role: "user", content: "one two three" }];

interface Family {
  readonly id: string;
  readonly body: object;
  /** The body with a limit of 4 tokens. */
  readonly limited: object;
  /** Of the whole answer. */
  readonly answer: object;
  /** Of the whole answer of the limited body. */
  readonly cut: object;
  /** Of the first chunk of a stream. */
  readonly firstChunk: object;
  /** Of the last. */
  readonly lastChunk: object;
}

const chatFamily = (id: string): Family => ({
  id,
  body: { messages },
  limited: { messages, max_tokens: 4 },
  answer: {
    object: "chat.completion",
    choices: [{ message: { role: "assistant" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 },
  },
  cut: { choices: [{ finish_reason: "length" }] },
  firstChunk: { object: "chat.completion.chunk", choices: [{ delta: { role: "assistant" } }] },
  lastChunk: { choices: [], usage: { prompt_tokens: 3, completion_tokens: 9 } },
});

const families: readonly Family[] = [
  {
    id: "us.meta.llama3-3-70b-instruct-v1:0",
    body: { prompt: "one two three" },
    limited: { prompt: "one two three", max_gen_len: 4 },
    answer: { prompt_token_count: 3, generation_token_count: 9, stop_reason: "stop" },
    cut: { generation_token_count: 4, stop_reason: "length" },
    firstChunk: { prompt_token_count: 3, stop_reason: null },
    lastChunk: { generation: "", generation_token_count: 9, stop_reason: "stop" },
  },
  {
    id: "mistral.mistral-7b-instruct-v0:2",
    body: { prompt: "one two three" },
    limited: { prompt: "one two three", max_tokens: 4 },
    answer: { outputs: [{ text: expect.any(String), stop_reason: "stop" }] },
    cut: { outputs: [{ stop_reason: "length" }] },
    firstChunk: { outputs: [{ stop_reason: null }] },
    lastChunk: { outputs: [{ text: "", stop_reason: "stop" }] },
  },
  chatFamily("mistral.pixtral-large-2502-v1:0"),
  chatFamily("qwen.qwen3-32b-v1:0"),
  chatFamily("openai.gpt-oss-120b-1:0"),
  {
    id: "cohere.command-r-plus-v1:0",
    body: { message: "one two", chat_history: [{ role: "USER", message: "three" }] },
    limited: { message: "one two three", max_tokens: 4 },
    answer: { text: expect.any(String), generation_id: expect.any(String), finish_reason: "COMPLETE" },
    cut: { finish_reason: "MAX_TOKENS" },
    firstChunk: { event_type: "stream-start", is_finished: false },
    lastChunk: { event_type: "stream-end", is_finished: true, finish_reason: "COMPLETE" },
  },
  {
    id: "us.deepseek.r1-v1:0",
    body: { prompt: "one two three" },
    limited: { prompt: "one two three", max_tokens: 4 },
    answer: { choices: [{ text: expect.any(String), stop_reason: "stop" }] },
    cut: { choices: [{ stop_reason: "length" }] },
    firstChunk: { choices: [{ stop_reason: null }] },
    lastChunk: { choices: [{ text: "", stop_reason: "stop" }] },
  },
  {
    id: "amazon.titan-text-express-v1",
    body: { inputText: "one two three" },
    limited: { inputText: "one two three", textGenerationConfig: { maxTokenCount: 4 } },
    answer: { inputTextTokenCount: 3, results: [{ tokenCount: 9, completionReason: "FINISH" }] },
    cut: { results: [{ tokenCount: 4, completionReason: "LENGTH" }] },
    firstChunk: { inputTextTokenCount: 3, completionReason: null },
    lastChunk: { totalOutputTextTokenCount: 9, completionReason: "FINISH" },
  },
  {
    id: "acme.mystery-v1",
    body: { question: "one two three" },
    limited: { question: "one two three", max_tokens: 4 },
    answer: { completion: { whole: expect.any(String) } },
    cut: { completion: { whole: expect.any(String) } },
    firstChunk: { piece: expect.any(String) },
    lastChunk: { isDone: true },
  },
];

/** Remembers the headers of each answer. */
function headersOf(client: BedrockRuntime): readonly Readonly<Record<string, string>>[] {
  const seen: Record<string, string>[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      seen.push((result.response as { headers: Record<string, string> }).headers);
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  return seen;
}

const requestMetadata = JSON.stringify({ outputTokens: "9" });

describe.each(families)("InvokeModel with $id", (family) => {
  const { id } = family;

  it("answers as the family does, with token counts in headers", async () => {
    await using rig = await startRig();
    const client = rig.runtime(host);
    const headers = headersOf(client);

    const output = await client.invokeModel({ modelId: id, body: JSON.stringify(family.body), requestMetadata });

    expect(JSON.parse(text.decode(output.body))).toMatchObject(family.answer);
    expect(headers[0]).toMatchObject({
      "x-amzn-bedrock-input-token-count": "3",
      "x-amzn-bedrock-output-token-count": "9",
    });
    expect(rig.book.asked).toMatchObject([{ modelId: id, inputTokens: 3, maxTokens: undefined }]);
  });

  it("stops at the family's limit, and says so", async () => {
    await using rig = await startRig();

    const body = JSON.stringify(family.limited);
    const output = await rig.runtime(host).invokeModel({ modelId: id, body, requestMetadata });

    expect(JSON.parse(text.decode(output.body))).toMatchObject(family.cut);
    expect(rig.book.asked).toMatchObject([{ inputTokens: 3, maxTokens: 4 }]);
    expect(rig.book.ended).toEqual([{ inputTokens: 3, outputTokens: 4 }]);
  });

  it("streams as the family does, the last chunk with the invocation metrics", async () => {
    await using rig = await startRig();

    const body = JSON.stringify(family.body);
    const output = await rig.runtime(host).invokeModelWithResponseStream({ modelId: id, body, requestMetadata });
    const chunks = (await collect(output.body)).map((event) => JSON.parse(text.decode(event.chunk?.bytes)));

    expect(chunks[0]).toMatchObject(family.firstChunk);
    expect(chunks.at(-1)).toMatchObject({
      ...family.lastChunk,
      "amazon-bedrock-invocationMetrics": { inputTokenCount: 3, outputTokenCount: 9 },
    });
    expect(chunks.filter((chunk) => "amazon-bedrock-invocationMetrics" in chunk)).toHaveLength(1);
  });
});

it("says nothing of usage in the body of an unknown family", async () => {
  await using rig = await startRig();

  const body = JSON.stringify({ question: "one two three" });
  const output = await rig.runtime(host).invokeModel({ modelId: "acme.mystery-v1", body, requestMetadata });

  expect(text.decode(output.body)).not.toMatch(/usage|token/i);
});

it("refuses a body without the family's prompt, as AWS does", async () => {
  await using rig = await startRig();

  const call = rig.runtime(host).invokeModel({ modelId: "meta.llama3-70b-instruct-v1:0", body: "{}" });

  await expect(call).rejects.toThrow("#: required key [prompt] not found");
  expect(rig.book.asked).toEqual([]);
});

it.each([
  ["Llama", { prompt: "hi", max_gen_len: 9 }, "generation"],
  ["Nova", { messages: [{ role: "user", content: [{ text: "hi" }] }], inferenceConfig: {} }, "output"],
  ["chat", { messages }, "choices"],
  ["Cohere", { message: "hi" }, "generation_id"],
  ["Titan", { inputText: "hi" }, "results"],
  ["nobody", { other: "hi" }, "completion"],
])("answers an ARN in the dialect of the body: %s", async (_, body, member) => {
  await using rig = await startRig();
  const modelId = "arn:aws:bedrock:eu-west-1:111122223333:imported-model/abc123";

  const output = await rig.runtime(host).invokeModel({ modelId, body: JSON.stringify(body) });

  expect(JSON.parse(text.decode(output.body))).toHaveProperty(member);
});
