import { describe, expect, it } from "vitest";
import { collect, converseInput, errorOf, host, modelId, role, startRig, type Protocol } from "./sockets.test.kit.ts";
import { countWordTokens } from "./simulated-tokenizer.ts";

const text = new TextDecoder();

describe.each<Protocol>(["http1", "http2"])("over %s", (protocol) => {
  it("answers Converse as the account of the session, with true usage", async () => {
    await using rig = await startRig();
    const client = rig.runtime(await rig.session(), { protocol });

    const output = await client.converse(converseInput(12));

    expect(output.usage).toMatchObject({ inputTokens: 5, outputTokens: 12, totalTokens: 17 });
    expect(output.stopReason).toBe("end_turn");
    expect(output.metrics?.latencyMs).toBe(8);
    expect(countWordTokens(output.output?.message?.content?.[0]?.text ?? "")).toBe(12);
    expect(output.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(rig.book.asked).toMatchObject([
      { accountId: role.accountId, region: "eu-west-1", modelId, inputTokens: 5, maxTokens: 1000 },
    ]);
    expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens: 12 }]);
  });

  it("streams ConverseStream in several deltas that end with the usage", async () => {
    await using rig = await startRig();
    const client = rig.runtime(await rig.session(), { protocol });

    const output = await client.converseStream(converseInput(12));
    const events = await collect(output.stream);

    expect(events.map((event) => Object.keys(event)[0])).toEqual([
      "messageStart",
      ...Array.from({ length: 4 }, () => "contentBlockDelta"),
      "contentBlockStop",
      "messageStop",
      "metadata",
    ]);
    const whole = events.map((event) => event.contentBlockDelta?.delta?.text ?? "").join("");
    expect(countWordTokens(whole)).toBe(12);
    expect(events.at(-1)?.metadata).toMatchObject({
      usage: { inputTokens: 5, outputTokens: 12, totalTokens: 17 },
      metrics: { latencyMs: 8 },
    });
    expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens: 12 }]);
  });

  it("answers InvokeModel with a Claude body and token counts in headers", async () => {
    await using rig = await startRig();
    const client = rig.runtime(await rig.session(), { protocol });
    const headers: Record<string, string>[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        headers.push((result.response as { headers: Record<string, string> }).headers);
        return result;
      },
      { step: "deserialize", priority: "low" },
    );

    const output = await client.invokeModel(invokeInput("anthropic.claude-test-v1:0", { max_tokens: 50 }));
    const body = JSON.parse(text.decode(output.body));

    expect(body).toMatchObject({
      type: "message",
      stop_reason: "end_turn",
      usage: { input_tokens: 4, output_tokens: 9 },
    });
    expect(countWordTokens(body.content[0].text)).toBe(9);
    expect(headers[0]).toMatchObject({
      "x-amzn-bedrock-input-token-count": "4",
      "x-amzn-bedrock-output-token-count": "9",
      "x-amzn-bedrock-invocation-latency": "8",
    });
    expect(rig.book.asked).toMatchObject([{ inputTokens: 4, maxTokens: 50 }]);
  });

  it("answers InvokeModel with a Nova body for other models", async () => {
    await using rig = await startRig();
    const client = rig.runtime(await rig.session(), { protocol });

    const output = await client.invokeModel(
      invokeInput("eu.amazon.nova-lite-v1:0", { inferenceConfig: { maxTokens: 50 } }),
    );

    expect(JSON.parse(text.decode(output.body))).toMatchObject({
      output: { message: { role: "assistant" } },
      stopReason: "end_turn",
      usage: { inputTokens: 4, outputTokens: 9, totalTokens: 13 },
    });
    expect(rig.book.asked).toMatchObject([{ modelId: "eu.amazon.nova-lite-v1:0", inputTokens: 4, maxTokens: 50 }]);
  });

  it.each(["anthropic.claude-test-v1:0", "amazon.nova-lite-v1:0"])(
    "streams InvokeModelWithResponseStream of %s in chunks, the last with the invocation metrics",
    async (id) => {
      await using rig = await startRig();
      const client = rig.runtime(await rig.session(), { protocol });

      const output = await client.invokeModelWithResponseStream(invokeInput(id, { max_tokens: 50 }));
      const chunks = (await collect(output.body)).map((event) => JSON.parse(text.decode(event.chunk?.bytes)));

      expect(output.contentType).toBe("application/json");
      expect(chunks.length).toBeGreaterThan(7);
      expect(chunks.at(-1)["amazon-bedrock-invocationMetrics"]).toEqual({
        inputTokenCount: 4,
        outputTokenCount: 9,
        invocationLatency: 8,
        firstByteLatency: 2,
      });
    },
  );

  it("throttles with the message of the book, without Retry-After", async () => {
    await using rig = await startRig();
    rig.book.decision = "throttle";
    const client = rig.runtime(await rig.session(), { protocol });

    const error = await errorOf(client.converse(converseInput(12)));

    expect(error.name).toBe("ThrottlingException");
    expect(error.message).toBe("Too many tokens, please wait before trying again.");
    expect(error.$metadata?.httpStatusCode).toBe(429);
    expect(rig.book.ended).toEqual([]);
  });

  it.each([
    ["amazon.unknown-v1:0", "ValidationException", 400],
    ["arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc", "ResourceNotFoundException", 404],
  ])("says of the unknown model %s: %s", async (id, name, status) => {
    await using rig = await startRig();
    rig.book.decision = "unknown";
    const client = rig.runtime(await rig.session(), { protocol });

    const error = await errorOf(client.converseStream({ ...converseInput(12), modelId: id }));

    expect(error.name).toBe(name);
    expect(error.$metadata?.httpStatusCode).toBe(status);
    expect(rig.book.asked).toMatchObject([{ modelId: id }]);
  });

  it("refuses a conversation without messages, and asks no quota for it", async () => {
    await using rig = await startRig();
    const client = rig.runtime(await rig.session(), { protocol });

    const error = await errorOf(client.converse({ modelId, messages: [] }));

    expect(error.name).toBe("ValidationException");
    expect(rig.book.asked).toEqual([]);
  });

  it("cuts the output at max_tokens, and says so", async () => {
    await using rig = await startRig();
    const client = rig.runtime(await rig.session(), { protocol });

    const output = await client.converse(converseInput(500, 20));

    expect(output.stopReason).toBe("max_tokens");
    expect(output.usage?.outputTokens).toBe(20);
    expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens: 20 }]);
  });
});

it("answers InvokeModel on an application profile in the dialect of the body", async () => {
  await using rig = await startRig();
  const arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123";
  const body = { anthropic_version: "bedrock-2023-05-31", max_tokens: 5, messages: [{ role: "user", content: "hi" }] };

  const output = await rig.runtime(host).invokeModel({ modelId: arn, body: JSON.stringify(body) });

  expect(JSON.parse(text.decode(output.body))).toMatchObject({ type: "message", usage: { input_tokens: 1 } });
  expect(rig.book.asked).toMatchObject([{ modelId: arn, inputTokens: 1, maxTokens: 5 }]);
});

it("leaves maxTokens out of the call when the request does not say it", async () => {
  await using rig = await startRig();
  const { inferenceConfig: _, ...input } = converseInput(12);

  await rig.runtime(await rig.session()).converse(input);

  expect(rig.book.asked).toMatchObject([{ maxTokens: undefined }]);
});

it("counts the words of the system prompt, tools, tool use and tool results too", async () => {
  await using rig = await startRig();
  const client = rig.runtime(await rig.session());

  await client.converse({
    modelId,
    system: [{ text: "be very brief" }], // 3
    messages: [
      { role: "user", content: [{ text: "what time" }] }, // 2
      { role: "assistant", content: [{ toolUse: { toolUseId: "1", name: "clock", input: { zone: "a b c" } } }] }, // 3
      { role: "user", content: [{ toolResult: { toolUseId: "1", content: [{ text: "ten past ten" }] } }] }, // 3
    ],
    toolConfig: { tools: [{ toolSpec: { name: "clock", inputSchema: { json: { title: "x y" } } } }] }, // 2
    inferenceConfig: { maxTokens: 10 },
  });

  expect(rig.book.asked).toMatchObject([{ inputTokens: 13 }]);
});

it("derives the output length from the body and the seed when the request does not say it", async () => {
  const outputOf = async (seed: number, question: string): Promise<number | undefined> => {
    await using rig = await startRig({ model: { random: () => 0, serviceMs: () => 1, seed } });
    const client = rig.runtime(await rig.session());
    const { usage } = await client.converse({ modelId, messages: [{ role: "user", content: [{ text: question }] }] });
    return usage?.outputTokens;
  };

  const same = await outputOf(1, "why");

  expect(await outputOf(1, "why")).toBe(same);
  expect(await outputOf(2, "why")).not.toBe(same);
  expect(await outputOf(1, "how")).not.toBe(same);
});

function invokeInput(
  id: string,
  limits: object,
): { modelId: string; contentType: string; body: string; requestMetadata: string } {
  const content = id.includes("anthropic") ? "one two three" : [{ text: "one two three" }];
  const body = {
    system: id.includes("anthropic") ? "brief" : [{ text: "brief" }],
    messages: [{ role: "user", content }],
  };
  return {
    modelId: id,
    contentType: "application/json",
    body: JSON.stringify({ ...body, ...limits }),
    requestMetadata: JSON.stringify({ outputTokens: "9" }),
  };
}
