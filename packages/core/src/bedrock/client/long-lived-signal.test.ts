import { getEventListeners } from "node:events";
import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { createRoutedFetch } from "../fetch/routed-fetch.ts";
import { event, exception } from "../testing/event-frame.test.kit.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { converseAnswer, FakeAws, refusal, streamAnswer } from "../testing/fake-aws.test.kit.ts";
import { ShardedBedrockRuntime } from "./sharded-bedrock-runtime.ts";

const input = {
  modelId: "sonnet",
  messages: [{ role: "user" as const, content: [{ text: "hello" }] }],
  inferenceConfig: { maxTokens: 100 },
};
const start = event({ messageStart: { role: "assistant" } });
const delta = event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } });
const stop = event({ messageStop: { stopReason: "end_turn" } });
const usage = event({ metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 } } });
const whole = streamAnswer([start, delta, stop, usage]);

function open() {
  const aws = new FakeAws();
  const config = exampleConfig({
    accounts: [exampleAccount(1, { regions: ["us-east-1"] })],
    models: { sonnet: exampleModel({ quotas: { tokensPerMinute: 1_000_000 } }) },
  });
  const client = new ShardedBedrockRuntime(config, {
    hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "s" },
    requestHandler: aws.handler,
  });
  const { signal } = new AbortController();
  const converse = () => client.send(new ConverseCommand(input), { abortSignal: signal });
  const stream = async () =>
    (await client.send(new ConverseStreamCommand(input), { abortSignal: signal })).stream ?? [];
  const fetched = (path: string) =>
    createRoutedFetch(client)(`https://bedrock/model/sonnet/${path}`, {
      method: "POST",
      body: JSON.stringify({ messages: input.messages, inferenceConfig: input.inferenceConfig }),
      signal,
    });
  const listeners = () => getEventListeners(signal, "abort").length;
  return { aws, client, signal, converse, stream, fetched, listeners };
}

type World = ReturnType<typeof open>;

async function read(stream: AsyncIterable<unknown> | Iterable<unknown>, most = Number.POSITIVE_INFINITY) {
  let left = most;
  for await (const _event of stream) if (--left === 0) break;
}

describe("a signal that lives for longer than its calls", () => {
  it.each<[string, (world: World) => Promise<unknown>]>([
    ["an answer", ({ converse }) => converse()],
    ["an answer by fetch", async ({ fetched }) => (await fetched("converse")).text()],
    [
      "a refusal",
      ({ aws, converse }) => {
        aws.onBedrock = () => refusal(400, "ValidationException");
        return converse();
      },
    ],
    [
      "a call that no account can serve",
      ({ aws, converse }) => {
        aws.onSts = () => refusal(403, "AccessDenied");
        return converse();
      },
    ],
    [
      "a call that is refused by the waiting room",
      ({ client, signal }) => {
        const inferenceConfig = { maxTokens: 10_000_000 };
        return client.send(new ConverseCommand({ ...input, inferenceConfig }), { abortSignal: signal });
      },
    ],
    [
      "a whole stream",
      async ({ aws, stream }) => {
        aws.onBedrock = () => whole;
        await read(await stream());
      },
    ],
    [
      "a whole stream by fetch",
      async ({ aws, fetched }) => {
        aws.onBedrock = () => whole;
        await (await fetched("converse-stream")).text();
      },
    ],
    [
      "a stream that its consumer leaves",
      async ({ aws, stream }) => {
        aws.onBedrock = () => streamAnswer([start, delta], "hang");
        await read(await stream(), 1);
      },
    ],
    [
      "a stream that its reader cancels",
      async ({ aws, fetched }) => {
        aws.onBedrock = () => streamAnswer([start, delta], "hang");
        await (await fetched("converse-stream")).body?.cancel();
      },
    ],
    [
      "a stream that is left when it is complete",
      async ({ aws, stream }) => {
        aws.onBedrock = () => whole;
        await read(await stream(), 3);
      },
    ],
    [
      "a stream that breaks before its first content",
      ({ aws, stream }) => {
        aws.onBedrock = () => streamAnswer([start, exception("validationException", "no")]);
        return stream();
      },
    ],
    [
      "a stream that breaks after it",
      async ({ aws, stream }) => {
        aws.onBedrock = () => streamAnswer([start, delta, exception("validationException", "no")]);
        await read(await stream());
      },
    ],
  ])("is not listened to any more after %s", async (_what, serve) => {
    const world = open();

    await serve(world).catch(() => undefined);

    await expect.poll(world.listeners).toBe(0);
  });

  it("is listened to while a call is under way", async () => {
    const { aws, converse, listeners } = open();
    let answer = (): void => undefined;
    aws.onBedrock = () => new Promise((resolve) => (answer = () => resolve(converseAnswer("hi"))));

    const call = converse();
    await expect.poll(() => aws.bedrock.length).toBe(1);

    expect(listeners()).toBeGreaterThan(0);
    answer();
    await call;
  });
});
