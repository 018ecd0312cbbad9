import { seededRandom } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { SimulatedBedrock } from "../simulated-bedrock.ts";
import { signedFetch, sseEventsOf } from "./signed-fetch.test.kit.ts";
import { collect, converseInput, host, modelId, region, startRig } from "./sockets.test.kit.ts";

const text = new TextDecoder();
const hints = { outputTokens: "9", cacheReadTokens: "40", cacheWriteTokens: "30" };
const requestMetadata = JSON.stringify(hints);
const messages = [{ role: "user", content: "one two three" }];
const body = JSON.stringify({ anthropic_version: "bedrock-2023-05-31", max_tokens: 50, messages });
const ended = [{ inputTokens: 3, cacheWriteInputTokens: 30, outputTokens: 9 }];
const anthropicUsage = { input_tokens: 3, cache_read_input_tokens: 40, cache_creation_input_tokens: 30 };

describe("a call that uses a cache", () => {
  it("says so in Converse, whole and streamed", async () => {
    await using rig = await startRig();
    const client = rig.runtime(host);
    const input = { ...converseInput(9), requestMetadata: hints };
    const usage = {
      inputTokens: 5,
      outputTokens: 9,
      cacheReadInputTokens: 40,
      cacheWriteInputTokens: 30,
      totalTokens: 84,
    };

    const whole = await client.converse(input);
    const events = await collect((await client.converseStream(input)).stream);

    expect(whole.usage).toMatchObject(usage);
    expect(events.at(-1)?.metadata?.usage).toMatchObject(usage);
  });

  it("says so in InvokeModel with Claude: body, headers, first event and metrics", async () => {
    await using rig = await startRig();
    const invoke = { url: `${rig.aws.url}/model/${modelId}/invoke`, body };
    const headers = { "x-amzn-bedrock-request-metadata": requestMetadata };

    const whole = await signedFetch(host, { ...invoke, headers });
    const stream = await rig.runtime(host).invokeModelWithResponseStream({ modelId, body, requestMetadata });
    const chunks = (await collect(stream.body)).map((event) => JSON.parse(text.decode(event.chunk?.bytes)));

    expect(await whole.json()).toMatchObject({ usage: { ...anthropicUsage, output_tokens: 9 } });
    expect(whole.headers.get("x-amzn-bedrock-input-token-count")).toBe("3");
    expect(whole.headers.get("x-amzn-bedrock-cache-read-input-token-count")).toBe("40");
    expect(whole.headers.get("x-amzn-bedrock-cache-write-input-token-count")).toBe("30");
    expect(chunks[0]).toMatchObject({ message: { usage: anthropicUsage } });
    expect(chunks.at(-1)).toMatchObject({
      "amazon-bedrock-invocationMetrics": {
        inputTokenCount: 3,
        outputTokenCount: 9,
        cacheReadInputTokenCount: 40,
        cacheWriteInputTokenCount: 30,
      },
    });
    expect(rig.book.ended).toEqual([...ended, ...ended]);
  });

  it("says so in Nova", async () => {
    await using rig = await startRig();
    const nova = JSON.stringify({ messages: [{ role: "user", content: [{ text: "one two three" }] }] });

    const output = await rig
      .runtime(host)
      .invokeModel({ modelId: "amazon.nova-lite-v1:0", body: nova, requestMetadata });

    expect(JSON.parse(text.decode(output.body))).toMatchObject({
      usage: { inputTokens: 3, cacheReadInputTokenCount: 40, cacheWriteInputTokenCount: 30 },
    });
  });

  it("says so on the OpenAI and Anthropic paths, where OpenAI counts it among the input", async () => {
    await using rig = await startRig();
    const post = (path: string, body: object): Promise<Response> =>
      signedFetch(host, { url: `${rig.aws.url}${path}`, body: { model: modelId, metadata: hints, ...body } });

    const chat = await (await post("/openai/v1/chat/completions", { messages })).json();
    const responses = await (await post("/openai/v1/responses", { input: "one two three" })).json();
    const streamed = await post("/anthropic/v1/messages", { messages, max_tokens: 50, stream: true });
    const events = await sseEventsOf(streamed);

    expect(chat).toMatchObject({
      usage: { prompt_tokens: 73, prompt_tokens_details: { cached_tokens: 40 }, completion_tokens: 9 },
    });
    expect(responses).toMatchObject({
      usage: { input_tokens: 73, input_tokens_details: { cached_tokens: 40 }, output_tokens: 9 },
    });
    expect(events[0]?.data).toMatchObject({ message: { usage: anthropicUsage } });
    expect(rig.book.ended).toEqual([...ended, ...ended, ...ended]);
  });

  it("is charged what it wrote, not what it read", async () => {
    const quota = { accountId: host.accountId, region, modelIds: [modelId], burndown: 1, maxOutputTokens: 100 };
    const book = new SimulatedBedrock({
      quotas: [{ ...quota, tokensPerMinute: 1_000 }],
      limiter: "sliding60",
      random: seededRandom(1),
    });
    await using rig = await startRig({ book });
    const record = rig.nextRecord();

    await rig.runtime(host).invokeModel({ modelId, body, requestMetadata });

    const call = { accountId: host.accountId, region, modelId, maxTokens: 0 };
    const { atMs, ...rest } = await record;
    expect(rest).toMatchObject({ inputTokens: 33, outputTokens: 9, settledTokens: 42 });
    expect(book.admitsInMs({ ...call, inputTokens: 958 }, atMs)).toBe(0);
    expect(book.admitsInMs({ ...call, inputTokens: 959 }, atMs)).toBeGreaterThan(0);
  });

  it("holds what it will write too", async () => {
    await using rig = await startRig();

    await rig.runtime(host).invokeModel({ modelId, body, requestMetadata });

    expect(rig.book.asked).toMatchObject([{ inputTokens: 3, cacheWriteInputTokens: 30, maxTokens: 50 }]);
  });
});
