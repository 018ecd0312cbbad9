import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { chunk, event, exception } from "../testing/event-frame.test.kit.ts";
import { type FakeAnswer, streamAnswer } from "../testing/fake-aws.test.kit.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import {
  chatBody,
  chatDelta,
  chatStop,
  chatUsage,
  converseBody,
  messagesBody,
  openFetch,
  post,
  responsesBody,
  runtimeUrl,
  sseAnswer,
} from "./routed-fetch.test.kit.ts";

const start = event({ messageStart: { role: "assistant" } });
const delta = event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } });
const stop = event({ messageStop: { stopReason: "end_turn" } });
const usage = event({ metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, metrics: {} } });
const whole = [start, delta, stop, usage];

const converse = { url: `${runtimeUrl}/model/sonnet/converse-stream`, body: converseBody };
const chat = { url: `${runtimeUrl}/openai/v1/chat/completions`, body: { ...chatBody, stream: true } };

const invoked = [
  chunk({ type: "message_start", message: { usage: { input_tokens: 7, output_tokens: 1 } } }),
  chunk({ type: "content_block_delta", delta: { text: "hi" } }),
  chunk({
    type: "message_stop",
    "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 3 },
  }),
];
const messageEvents = [
  { type: "message_start", message: { usage: { input_tokens: 7, output_tokens: 1 } } },
  { type: "content_block_delta", delta: { type: "text_delta", text: "hi" } },
  { type: "message_delta", usage: { output_tokens: 3 } },
  { type: "message_stop" },
];
const responseEvents = [
  { type: "response.created", response: {} },
  { type: "response.output_text.delta", delta: "hi" },
  { type: "response.completed", response: { usage: { input_tokens: 7, output_tokens: 3 } } },
];

async function readAll(response: Response): Promise<string> {
  return Buffer.from(await response.arrayBuffer()).toString();
}

function bytesOf({ frames = [] }: FakeAnswer): string {
  return Buffer.concat(frames).toString();
}

describe("a stream, over a routed fetch", () => {
  it.each([
    { name: "ConverseStream", ...converse, answer: streamAnswer(whole) },
    {
      name: "InvokeModelWithResponseStream",
      url: `${runtimeUrl}/model/sonnet/invoke-with-response-stream`,
      body: { ...messagesBody, anthropic_version: "bedrock-2023-05-31" },
      answer: streamAnswer(invoked),
    },
    {
      name: "Messages",
      url: `${runtimeUrl}/anthropic/v1/messages`,
      body: { ...messagesBody, stream: true },
      answer: sseAnswer(messageEvents),
    },
    {
      name: "ChatCompletions",
      ...chat,
      body: { ...chat.body, stream_options: { include_usage: true } },
      answer: sseAnswer([chatDelta, chatStop, chatUsage, "[DONE]"]),
    },
    {
      name: "Responses",
      url: `${runtimeUrl}/openai/v1/responses`,
      body: { ...responsesBody, stream: true },
      answer: sseAnswer(responseEvents),
    },
  ])("of $name comes through as it was, and settles with what it used", async ({ name, url, body, answer }) => {
    const { fetch, aws, ended } = openFetch();
    aws.onBedrock = () => answer;

    const response = await fetch(url, post(body));

    expect(response.headers.get("content-type")).toBe(answer.headers?.["content-type"]);
    expect(response.headers.get("x-shardrock-account")).not.toBeNull();
    expect(await readAll(response)).toBe(bytesOf(answer));
    expect(ended).toMatchObject([
      { operation: name, isStream: true, booking: "settled", usage: { inputTokens: 7, outputTokens: 3 } },
    ]);
  });

  it("of chat does not show the usage that nobody asked for", async () => {
    const { fetch, aws, ended } = openFetch();
    aws.onBedrock = () => sseAnswer([chatDelta, chatStop, chatUsage, "[DONE]"]);

    const text = await readAll(await fetch(chat.url, post(chat.body)));

    expect(text).toBe(bytesOf(sseAnswer([chatDelta, chatStop, "[DONE]"])));
    expect(ended).toMatchObject([{ booking: "settled", usage: { outputTokens: 3 } }]);
  });

  it("settles when its reader cancels after the last event, as SDKs do", async () => {
    const { fetch, aws, bookings } = openFetch();
    aws.onBedrock = () => sseAnswer([chatDelta, chatStop, "[DONE]", chatUsage]);

    const reader = (await fetch(chat.url, post(chat.body))).body?.getReader();
    for (let read = 0; read < 3; read++) await reader?.read();
    await reader?.cancel();

    await expect.poll(bookings).toEqual(["settled"]);
  });

  it("ends upstream at once when its reader leaves, and keeps the hold", async () => {
    const { fetch, aws, bookings } = openFetch();
    aws.onBedrock = () => sseAnswer([chatDelta], "hang");

    const response = await fetch(chat.url, post(chat.body));
    await response.body?.cancel();

    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
    expect(bookings()).toEqual(["kept"]);
  });

  it("ends upstream at once when the caller's signal aborts, and its reader hears of it", async () => {
    const { fetch, aws, bookings } = openFetch();
    const giveUp = new AbortController();
    aws.onBedrock = () => streamAnswer([start, delta], "hang");

    const response = await fetch(converse.url, { ...post(converse.body), signal: giveUp.signal });
    const reading = readAll(response);
    giveUp.abort();

    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
    expect(bookings()).toEqual(["kept"]);
  });

  it("reads nothing ahead of its reader", async () => {
    const { fetch, aws } = openFetch();
    let sent = 0;
    const frames = [start, delta, delta, delta, stop, usage];
    const counted = Object.assign([...frames], {
      *[Symbol.iterator]() {
        for (const frame of frames) {
          sent += 1;
          yield frame;
        }
      },
    });
    aws.onBedrock = () => streamAnswer(counted);

    const reader = (await fetch(converse.url, post(converse.body))).body?.getReader();
    await reader?.read();
    await reader?.read();
    await settleDown();
    const sentBefore = sent;
    await reader?.read();

    expect([sentBefore, sent]).toEqual([2, 3]);
    await reader?.cancel();
  });
});

describe("a stream that fails before its first content", () => {
  it.each([
    [
      "a throttle in an event stream",
      converse,
      streamAnswer([start, exception("throttlingException", "Too many tokens")]),
    ],
    [
      "a throttle among server-sent events",
      chat,
      sseAnswer([{ choices: [{ delta: { role: "assistant" } }] }, { error: { type: "rate_limit_error" } }]),
    ],
  ])("is tried elsewhere, unseen: %s", async (_what, { url, body }, failing) => {
    const { fetch, aws, bookings } = openFetch();
    let calls = 0;
    const serving = url === chat.url ? sseAnswer([chatDelta, chatStop, chatUsage, "[DONE]"]) : streamAnswer(whole);
    aws.onBedrock = () => (calls++ === 0 ? failing : serving);

    const response = await fetch(url, post(body));

    expect(response.headers.get("x-shardrock-attempts")).toBe("2");
    expect(await readAll(response)).not.toContain("hrottl");
    expect(bookings()).toEqual(["throttled", "settled"]);
  });

  it.each([
    ["nothing at all", []],
    ["a page", [Buffer.from("<html><body>captive portal</body></html>")]],
    ["a beginning", [start]],
  ])("answers with an error of its API: %s", async (_what, frames) => {
    const { fetch, aws, bookings } = openFetch();
    aws.onBedrock = () => streamAnswer(frames);

    const response = await fetch(converse.url, post(converse.body));

    expect(response.status).toBe(502);
    expect(response.headers.get("x-amzn-errortype")).not.toBeNull();
    expect(bookings()).toEqual(["kept"]);
  });

  it("answers with the status an error of AWS would have had", async () => {
    const { fetch, aws } = openFetch();
    aws.onBedrock = () => streamAnswer([start, exception("validationException", "my secret prompt")]);

    const response = await fetch(converse.url, post(converse.body));

    expect(response.status).toBe(400);
    expect(response.headers.get("x-amzn-errortype")).toBe("ValidationException");
    expect(await response.text()).not.toContain("secret prompt");
  });

  it("is given up when its first content does not come in time", async () => {
    const clock = new ManualClock();
    const { fetch, aws, bookings } = openFetch({ timeouts: { firstEventMs: 1_000 } }, clock);
    aws.onBedrock = () => streamAnswer(whole);
    await Promise.all([1, 2].map(() => fetch(converse.url, post(converse.body)).then(readAll)));
    aws.onBedrock = () => streamAnswer([start], "hang");

    const work = fetch(converse.url, post(converse.body));
    await clock.advance(1_000);

    expect((await work).headers.get("x-shardrock-code")).toBe("timeout");
    expect(bookings().at(-1)).toBe("kept");
    expect(aws.bedrock.at(-1)?.signal?.aborted).toBe(true);
  });
});

describe("a stream that breaks after content", () => {
  it.each([
    ["it ends without its closing event", converse, streamAnswer([start, delta])],
    ["it ends inside a frame", converse, streamAnswer([start, delta, stop.subarray(0, 9)])],
    ["the connection is lost", converse, streamAnswer([start, delta], new Error("aborted"))],
    ["AWS says an error", converse, streamAnswer([start, delta, exception("internalServerException", "secret")])],
    ["a chat ends without its finish", chat, sseAnswer([chatDelta])],
    ["a chat says an error", chat, sseAnswer([chatDelta, { error: { type: "server_error", message: "secret" } }])],
  ])("breaks for its reader too: %s", async (_what, { url, body }, answer) => {
    const { fetch, aws, bookings } = openFetch();
    aws.onBedrock = () => answer;

    const response = await fetch(url, post(body));

    expect(response.status).toBe(200);
    const error = await readAll(response).catch((broken: unknown) => broken);
    expect(error).toMatchObject({ name: "StreamInterruptedError", code: "stream-interrupted" });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("secret");
    expect(bookings()).toEqual(["kept"]);
    expect(aws.bedrock).toHaveLength(1);
  });

  it("breaks when no event comes for too long, though bytes do", async () => {
    const clock = new ManualClock();
    const { fetch, aws, bookings } = openFetch({ timeouts: { idleMs: 1_000 } }, clock);
    const { headers = {} } = sseAnswer([]);
    aws.onBedrock = () => ({
      headers,
      frames: [...(sseAnswer([chatDelta]).frames ?? []), Buffer.from(": alive\n\n")],
      afterwards: "hang",
    });

    const reading = fetch(chat.url, post(chat.body)).then(readAll);
    await expect.poll(() => aws.bedrock.length).toBe(1);
    await clock.advance(500);
    await clock.advance(1_000);

    await expect(reading).rejects.toMatchObject({ code: "stream-interrupted" });
    expect(bookings()).toEqual(["kept"]);
  });
});
