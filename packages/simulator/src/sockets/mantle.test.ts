import { seededRandom, systemClock } from "@shardrock/core";
import { expect, it } from "vitest";
import { SimulatedBedrock } from "../simulated-bedrock.ts";
import { signedFetch, sseEventsOf } from "./signed-fetch.test.kit.ts";
import { host, modelId, type Rig, startRig } from "./sockets.test.kit.ts";
import { countWordTokens } from "./simulated-tokenizer.ts";

const words = "one two three four five";
const requests = {
  chat: [
    "/v1/chat/completions",
    { model: modelId, messages: [{ role: "user", content: words }], max_tokens: 100, metadata: { outputTokens: "12" } },
  ],
  responses: [
    "/v1/responses",
    { model: modelId, input: words, max_output_tokens: 100, metadata: { outputTokens: "12" } },
  ],
  messages: [
    "/anthropic/v1/messages",
    { model: modelId, messages: [{ role: "user", content: words }], max_tokens: 100, metadata: { outputTokens: "12" } },
  ],
} as const;

function post(rig: Rig, api: keyof typeof requests, change: object = {}): Promise<Response> {
  const [path, body] = requests[api];
  return signedFetch(host, {
    url: `${rig.aws.url}${path}`,
    body: { ...body, ...change },
    service: "bedrock-mantle",
  });
}

it.each([
  ["chat", 5, { choices: [{ finish_reason: "length" }], usage: { prompt_tokens: 5, completion_tokens: 5 } }],
  ["responses", 5, { status: "incomplete", usage: { output_tokens: 5 } }],
  ["messages", 5, { stop_reason: "max_tokens", usage: { output_tokens: 5 } }],
  ["messages", 0, { stop_reason: "max_tokens", usage: { output_tokens: 0 } }],
] as const)("cuts an answer of %s after %i tokens when the output quota is used up", async (api, left, shape) => {
  await using rig = await startRig();
  rig.book.outputLeft = left;

  const response = await post(rig, api);
  const text = await response.text();

  expect(response.status).toBe(200);
  expect(JSON.parse(text)).toMatchObject(shape);
  expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens: left }]);
});

it("cuts a stream where the output quota is used up, with the finish reason instead of an error", async () => {
  await using rig = await startRig();
  rig.book.outputLeft = 5;
  const record = rig.nextRecord();

  const change = { stream: true, stream_options: { include_usage: true } };
  const events = await sseEventsOf(await post(rig, "chat", change));
  const chunks = events.slice(0, -1).map(({ data }) => data as Chunk);

  expect(countWordTokens(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""))).toBe(5);
  expect(chunks.at(-2)?.choices).toMatchObject([{ finish_reason: "length" }]);
  expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 5 });
  expect(events.at(-1)?.data).toBe("[DONE]");
  expect(await record).toMatchObject({ outcome: "served", inputTokens: 5, outputTokens: 5 });
});

it.each(["responses", "messages"] as const)("opens and closes a stream of %s that may write nothing", async (api) => {
  await using rig = await startRig();
  rig.book.outputLeft = 0;

  const types = (await sseEventsOf(await post(rig, api, { stream: true }))).map(({ event }) => event);

  expect(types[0]).toBe(api === "responses" ? "response.created" : "message_start");
  expect(types.at(-1)).toBe(api === "responses" ? "response.incomplete" : "message_stop");
});

it("enforces the mantle quotas of a SimulatedBedrock, apart from the runtime's", async () => {
  const { accountId } = host;
  const book = new SimulatedBedrock({
    quotas: [],
    mantleQuotas: [
      {
        accountId,
        region: "eu-west-1",
        modelIds: [modelId],
        inputTokensPerMinute: 1_000,
        outputTokensPerMinute: 20,
        maxOutputTokens: 64_000,
      },
    ],
    limiter: "sliding60",
    random: seededRandom(1),
  });
  await using rig = await startRig({ book, clock: systemClock });

  const first = (await (await post(rig, "chat", { max_tokens: 900 })).json()) as Chunk;
  const second = (await (await post(rig, "chat", { max_tokens: 900 })).json()) as Chunk;
  const tooLarge = await post(rig, "chat", { max_tokens: 990 });
  const unlimited = await post(rig, "chat", { max_tokens: undefined });
  const onRuntime = await signedFetch(host, {
    url: `${rig.aws.url}/openai/v1/chat/completions`,
    body: requests.chat[1],
  });

  expect(first.usage?.completion_tokens).toBe(12);
  expect(second.usage?.completion_tokens).toBe(8);
  expect([tooLarge.status, unlimited.status, onRuntime.status]).toEqual([429, 429, 404]);
});

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
  readonly usage?: { readonly completion_tokens: number };
}
