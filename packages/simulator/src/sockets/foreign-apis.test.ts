import { describe, expect, it } from "vitest";
import { type SseEvent, signedFetch, sseEventsOf } from "./signed-fetch.test.kit.ts";
import { host, modelId, type Rig, startRig } from "./sockets.test.kit.ts";
import { countWordTokens } from "./simulated-tokenizer.ts";

const messages = [{ role: "user", content: "one two three four five" }];
const chat = { model: modelId, messages, max_completion_tokens: 100, metadata: { outputTokens: "12" } };
const responses = {
  model: modelId,
  input: "one two three four five",
  max_output_tokens: 100,
  metadata: { outputTokens: "12" },
};
const anthropic = { model: modelId, messages, max_tokens: 100, metadata: { outputTokens: "12" } };

/** Posts to a path with the scope of a service. */
function post(rig: Rig, path: string, body: object, options: Partial<Parameters<typeof signedFetch>[1]> = {}) {
  return signedFetch(host, { url: `${rig.aws.url}${path}`, body, ...options });
}

async function jsonOf(response: Response): Promise<Record<string, never>> {
  return (await response.json()) as Record<string, never>;
}

describe.each([
  ["bedrock", "runtime", "/openai/v1"],
  ["bedrock-mantle", "mantle", "/openai/v1"],
  ["bedrock-mantle", "mantle", "/v1"],
])("OpenAI's APIs with a signature for %s", (service, endpoint, prefix) => {
  it(`answer ${prefix}/chat/completions, and ask the quotas of the ${endpoint}`, async () => {
    await using rig = await startRig();

    const response = await post(rig, `${prefix}/chat/completions`, chat, { service });
    const body = await jsonOf(response);

    expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toMatchObject({
      object: "chat.completion",
      model: modelId,
      choices: [{ index: 0, message: { role: "assistant" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 12, total_tokens: 17 },
    });
    expect(rig.book.asked).toMatchObject([{ endpoint, modelId, inputTokens: 5, maxTokens: 100 }]);
    expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens: 12 }]);
  });

  it(`answer ${prefix}/responses`, async () => {
    await using rig = await startRig();

    const body = await jsonOf(await post(rig, `${prefix}/responses`, responses, { service }));

    expect(body).toMatchObject({
      object: "response",
      status: "completed",
      usage: { input_tokens: 5, output_tokens: 12, total_tokens: 17 },
    });
    expect(rig.book.asked).toMatchObject([{ endpoint, modelId, inputTokens: 5, maxTokens: 100 }]);
  });

  it(`stream ${prefix}/chat/completions, with usage only when asked`, async () => {
    await using rig = await startRig();
    const streamed = { ...chat, stream: true };
    const withUsage = { ...streamed, stream_options: { include_usage: true } };

    const plain = await sseEventsOf(await post(rig, `${prefix}/chat/completions`, streamed, { service }));
    const counted = await sseEventsOf(await post(rig, `${prefix}/chat/completions`, withUsage, { service }));

    expect(plain.at(-1)?.data).toBe("[DONE]");
    expect(JSON.stringify(plain)).not.toContain("prompt_tokens");
    expect(counted.at(-1)?.data).toBe("[DONE]");
    expect(counted.at(-2)?.data).toMatchObject({
      object: "chat.completion.chunk",
      choices: [],
      usage: { prompt_tokens: 5, completion_tokens: 12, total_tokens: 17 },
    });
    expect(counted.at(-3)?.data).toMatchObject({ choices: [{ delta: {}, finish_reason: "stop" }] });
  });

  it(`stream ${prefix}/responses, and say the usage in the last event`, async () => {
    await using rig = await startRig();

    const response = await post(rig, `${prefix}/responses`, { ...responses, stream: true }, { service });
    const events = await sseEventsOf(response);

    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(typesOf(events)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      ...Array.from({ length: 4 }, () => "response.output_text.delta"),
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events.map(({ data }) => (data as { sequence_number: number }).sequence_number)).toEqual(
      events.map((_, index) => index),
    );
    expect(events.at(-1)?.data).toMatchObject({
      response: { usage: { input_tokens: 5, output_tokens: 12, total_tokens: 17 } },
    });
  });
});

describe.each([
  ["bedrock", "runtime"],
  ["bedrock-mantle", "mantle"],
])("Anthropic's Messages with a signature for %s", (service, endpoint) => {
  const headers = { "anthropic-version": "2023-06-01" };

  it("answers", async () => {
    await using rig = await startRig();

    const body = await jsonOf(await post(rig, "/anthropic/v1/messages", anthropic, { service, headers }));

    expect(body).toMatchObject({
      type: "message",
      role: "assistant",
      stop_reason: "end_turn",
      usage: { input_tokens: 5, output_tokens: 12 },
    });
    expect(countWordTokens((body["content"] as unknown as { text: string }[])[0]?.text ?? "")).toBe(12);
    expect(rig.book.asked).toMatchObject([{ endpoint, modelId, inputTokens: 5, maxTokens: 100 }]);
  });

  it("streams, without Bedrock's own metrics", async () => {
    await using rig = await startRig();

    const streamed = { ...anthropic, stream: true };
    const events = await sseEventsOf(await post(rig, "/anthropic/v1/messages", streamed, { service, headers }));

    expect(typesOf(events)).toEqual([
      "message_start",
      "content_block_start",
      ...Array.from({ length: 4 }, () => "content_block_delta"),
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(events[0]?.data).toMatchObject({ message: { usage: { input_tokens: 5 } } });
    expect(events.at(-2)?.data).toMatchObject({ usage: { output_tokens: 12 } });
    expect(events.at(-1)?.data).toEqual({ type: "message_stop" });
  });

  it("wants max_tokens, as Anthropic does", async () => {
    await using rig = await startRig();
    const { max_tokens: _, ...unlimited } = anthropic;

    const response = await post(rig, "/anthropic/v1/messages", unlimited, { service, headers });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    expect(rig.book.asked).toEqual([]);
  });
});

it.each([
  ["/openai/v1/chat/completions", "bedrock"],
  ["/v1/responses", "bedrock-mantle"],
])("throttles %s with OpenAI's error", async (path, service) => {
  await using rig = await startRig();
  rig.book.decision = "throttle";

  const response = await post(rig, path, path.endsWith("responses") ? responses : chat, { service });

  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBeNull();
  expect(response.headers.get("x-amzn-requestid")).not.toBeNull();
  expect(await response.json()).toEqual({
    error: {
      message: "Too many tokens, please wait before trying again.",
      type: "rate_limit_error",
      code: "rate_limit_exceeded",
      param: null,
    },
  });
});

it.each(["bedrock", "bedrock-mantle"])("throttles Messages on %s with Anthropic's error", async (service) => {
  await using rig = await startRig();
  rig.book.decision = "throttle";

  const response = await post(rig, "/anthropic/v1/messages", anthropic, { service });

  expect(response.status).toBe(429);
  expect(response.headers.get("x-amzn-requestid")).not.toBeNull();
  expect(await response.json()).toEqual({
    type: "error",
    error: { type: "rate_limit_error", message: "Too many tokens, please wait before trying again." },
  });
});

it.each([
  ["/v1/chat/completions", "bedrock"],
  ["/v1/responses", "bedrock"],
  [`/model/${modelId}/converse`, "bedrock-mantle"],
  [`/model/${modelId}/invoke`, "bedrock-mantle"],
  ["/openai/v1/embeddings", "bedrock-mantle"],
  ["/anthropic/v1/complete", "bedrock"],
  ["/model/m/constructor", "bedrock"],
])("does not know %s for %s", async (path, service) => {
  await using rig = await startRig();

  const response = await post(rig, path, chat, { service });

  expect(response.status).toBe(200);
  expect(await response.text()).toContain("UnknownOperationException");
  expect(rig.book.asked).toEqual([]);
});

it.each([
  ["/openai/v1/chat/completions", { error: { type: "permission_denied_error" } }],
  ["/anthropic/v1/messages", { type: "error", error: { type: "permission_error" } }],
])("refuses a wrong signature of %s in the shape of the API", async (path, shape) => {
  await using rig = await startRig();
  const request = { url: `${rig.aws.url}${path}`, body: chat };

  const response = await signedFetch({ ...host, secretAccessKey: "guessed" }, request);

  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject(shape);
  expect(rig.aws.stats().refusedByAuth).toEqual({ "signature-mismatch": 1 });
});

it.each([
  ["/openai/v1/chat/completions", chat, { error: { type: "not_found_error", code: "model_not_found" } }],
  ["/openai/v1/responses", responses, { error: { type: "not_found_error", code: "model_not_found" } }],
  ["/anthropic/v1/messages", anthropic, { type: "error", error: { type: "not_found_error" } }],
])("says of an unknown model on %s: 404", async (path, body, shape) => {
  await using rig = await startRig();
  rig.book.decision = "unknown";

  const response = await post(rig, path, body);

  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject(shape);
});

it("takes the output length from the metadata header too", async () => {
  await using rig = await startRig();
  const { metadata: _, ...silent } = chat;
  const headers = { "x-amzn-bedrock-request-metadata": JSON.stringify({ outputTokens: "7" }) };

  const body = await jsonOf(await post(rig, "/openai/v1/chat/completions", silent, { headers }));

  expect(body).toMatchObject({ usage: { completion_tokens: 7 } });
});

it.each([
  ["/openai/v1/chat/completions", chat, "max_completion_tokens", { choices: [{ finish_reason: "length" }] }],
  ["/openai/v1/chat/completions", chat, "max_tokens", { choices: [{ finish_reason: "length" }] }],
  [
    "/openai/v1/responses",
    responses,
    "max_output_tokens",
    { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
  ],
  ["/anthropic/v1/messages", anthropic, "max_tokens", { stop_reason: "max_tokens" }],
])("cuts the output of %s at its limit, and says so", async (path, body, member, shape) => {
  await using rig = await startRig();
  const { max_completion_tokens: _, ...rest } = { max_completion_tokens: 0, ...body };

  const answer = await jsonOf(await post(rig, path, { ...rest, [member]: 3 }));

  expect(answer).toMatchObject(shape);
  expect(rig.book.asked).toMatchObject([{ maxTokens: 3 }]);
  expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens: 3 }]);
});

it.each(["/openai/v1/chat/completions", "/anthropic/v1/messages"])(
  "puts an exception into a stream of %s in the words of the API",
  async (path) => {
    const fault = { kind: "stream-error", type: "throttlingException", message: "told to", beforeEvent: 2 } as const;
    await using rig = await startRig({ fault: () => fault });

    const events = await sseEventsOf(await post(rig, path, { ...anthropic, stream: true }));

    expect(events).toHaveLength(3);
    expect(events.at(-1)?.data).toMatchObject({ error: { type: "rate_limit_error", message: "told to" } });
  },
);

it("tells faults and records apart by operation and endpoint", async () => {
  const points: unknown[] = [];
  await using rig = await startRig({ fault: (point) => void points.push([point.operation, point.endpoint]) });
  const record = rig.nextRecord();

  await post(rig, "/v1/responses", responses, { service: "bedrock-mantle" });
  await post(rig, "/anthropic/v1/messages", anthropic);

  expect(points).toEqual([
    ["Responses", "mantle"],
    ["Messages", "runtime"],
  ]);
  expect(await record).toMatchObject({ operation: "Responses", endpoint: "mantle", modelId, outcome: "served" });
});

function typesOf(events: readonly SseEvent[]): readonly unknown[] {
  for (const { event, data } of events) expect((data as { type: string }).type).toBe(event);
  return events.map(({ event }) => event);
}
