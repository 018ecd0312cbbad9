import type { ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it, vi } from "vitest";
import type { Fault } from "./fault.ts";
import type { OddAnswer } from "./odd-answer.ts";
import { signedFetch } from "./signed-fetch.test.kit.ts";
import { collect, converseInput, errorOf, host, modelId, startRig } from "./sockets.test.kit.ts";

const text = new TextDecoder();
const hourMs = 3_600_000;
const messages = [{ role: "user", content: "one two three" }];
const body = JSON.stringify({ max_tokens: 50, messages });
const requestMetadata = JSON.stringify({ outputTokens: "9" });

/** Bytes of an answer until so many came; then the client leaves. */
async function firstBytesOf(response: Response, count: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    length += (chunk as Uint8Array).length;
    if (length >= count) break;
  }
  return Buffer.concat(chunks);
}

describe("an odd answer", () => {
  it.each<[OddAnswer, string, string]>([
    ["html", "text/html; charset=utf-8", "<!doctype html>"],
    ["empty", "application/json", ""],
    ["json-garbage", "application/json", '{"output"'],
    ["unknown-operation", "application/json", "UnknownOperationException"],
  ])("is a 200 with %s, takes no quota and is on record", async (odd, contentType, expected) => {
    await using rig = await startRig({ fault: () => ({ kind: "odd-answer", body: odd }) });
    const record = rig.nextRecord();

    const url = `${rig.aws.url}/model/${modelId}/converse`;
    const response = await signedFetch(host, {
      url,
      body: { messages: [{ role: "user", content: [{ text: "hi" }] }] },
    });
    const answer = await response.text();

    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(contentType);
    expect(answer).toContain(expected);
    if (odd === "empty") expect(answer).toBe("");
    expect(await record).toMatchObject({ outcome: "odd", settledTokens: 0 });
    expect(rig.book.asked).toEqual([]);
  });

  it.each<[OddAnswer, boolean]>([
    ["html", true],
    ["empty", false],
    ["json-garbage", true],
  ])("is %s in place of a stream", async (odd, isNoticed) => {
    await using rig = await startRig({ fault: () => ({ kind: "odd-answer", body: odd }) });

    const reading = rig
      .runtime(host)
      .converseStream(converseInput(12))
      .then(({ stream }) => collect(stream));

    // The SDK takes an empty body for a stream without events.
    if (isNoticed) expect(await errorOf(reading)).toBeInstanceOf(Error);
    else expect(await reading).toEqual([]);
  });

  it("answers STS, CountTokens and ApplyGuardrail too", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "odd-answer", body: "html" }) });
    const client = rig.runtime(host);
    const guardrail = { guardrailIdentifier: "g", guardrailVersion: "1", source: "INPUT" as const, content: [] };

    // The SDK reads a page as XML that says nothing.
    expect((await rig.sts().getCallerIdentity({})).Account).toBeUndefined();
    expect(await errorOf(client.countTokens({ modelId, input: { converse: { messages: [] } } }))).toBeInstanceOf(Error);
    expect(await errorOf(client.applyGuardrail(guardrail))).toBeInstanceOf(Error);
  });
});

describe("an oversized frame", () => {
  it("announces 0x7fffffff bytes with a right checksum, and does not send them", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "oversized-frame" }) });
    const record = rig.nextRecord();
    const url = `${rig.aws.url}/model/${modelId}/converse-stream`;

    const response = await signedFetch(host, {
      url,
      body: { messages: [{ role: "user", content: [{ text: "hi" }] }] },
    });
    const bytes = await firstBytesOf(response, 12);

    expect(bytes.readUInt32BE(0)).toBe(0x7fffffff);
    expect(bytes.readUInt32BE(4)).toBe(0);
    expect(await record).toMatchObject({ outcome: "lost" });
  });

  it("may come after whole events", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "oversized-frame", beforeEvent: 1 }) });
    const leave = new AbortController();

    const options = { abortSignal: leave.signal };
    const { stream } = await rig.runtime(host).converseStream(converseInput(12), options);
    const events = stream?.[Symbol.asyncIterator]();
    const first = await events?.next();
    leave.abort();

    expect(first?.value).toMatchObject({ messageStart: { role: "assistant" } });
    expect(await errorOf(events?.next() ?? Promise.resolve())).toBeInstanceOf(Error);
  });

  it("is a line without an end over SSE", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "oversized-frame" }) });
    const url = `${rig.aws.url}/openai/v1/chat/completions`;

    const response = await signedFetch(host, { url, body: { model: modelId, messages, stream: true } });
    const bytes = await firstBytesOf(response, 1_000_000);

    expect(bytes.subarray(0, 8).toString()).toBe("data: xx");
    expect(bytes.includes("\n")).toBe(false);
  });
});

describe("a drip", () => {
  it("keeps sending bytes of an event that never completes, and is charged in full", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "drip", beforeEvent: 1, everyMs: 1 }) });
    const record = rig.nextRecord();
    const url = `${rig.aws.url}/model/${modelId}/converse-stream`;
    const request = { ...converseInput(12), modelId: undefined };

    const whole = await signedFetch(host, { url, body: request });
    const bytes = await firstBytesOf(whole, 400);
    const firstLength = bytes.readUInt32BE(0);

    expect(bytes.length).toBeGreaterThan(firstLength + 12 + 5);
    expect(bytes.readUInt32BE(firstLength)).toBe(16 * 1024 * 1024);
    expect(bytes.subarray(firstLength + 12).every((byte) => byte === 0)).toBe(true);
    expect(await record).toMatchObject({ outcome: "lost", inputTokens: 5, outputTokens: 12 });
  });

  it("gives the SDK no event but keeps the connection busy", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "drip", beforeEvent: 1, everyMs: 1 }) });
    const ended = rig.nextRecord();
    const leave = new AbortController();
    const seen: ConverseStreamOutput[] = [];

    const { stream } = await rig.runtime(host).converseStream(converseInput(12), { abortSignal: leave.signal });
    const reading = (async () => {
      for await (const event of stream ?? []) seen.push(event);
    })();
    await ended;
    leave.abort();
    await errorOf(reading);

    await vi.waitFor(() => expect(rig.aws.openConnections).toBe(0));
    expect(seen.map((event) => Object.keys(event)[0])).toEqual(["messageStart"]);
  });

  it("drips a line without an end over SSE", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "drip", everyMs: 1 }) });
    const url = `${rig.aws.url}/anthropic/v1/messages`;

    const response = await signedFetch(host, { url, body: { model: modelId, messages, max_tokens: 9, stream: true } });

    expect((await firstBytesOf(response, 20)).toString()).toMatch(/^data: +$/);
  });

  it("drips an answer that does not stream as well", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "drip", everyMs: 1 }) });
    const url = `${rig.aws.url}/openai/v1/chat/completions`;

    const response = await signedFetch(host, { url, body: { model: modelId, messages } });

    expect((await firstBytesOf(response, 5)).toString().trim()).toBe("");
  });
});

describe("bad usage", () => {
  const bad = (usage: unknown) => ({ fault: (): Fault => ({ kind: "bad-usage", usage }) });

  it.each([
    ["text", { inputTokens: "many", outputTokens: "12" }, { inputTokens: "many", outputTokens: "12" }],
    ["negatives", { inputTokens: -5, outputTokens: -12 }, { inputTokens: -5, outputTokens: -12 }],
    ["NaN, as null", { inputTokens: Number.NaN }, { inputTokens: null }],
    ["infinity", { inputTokens: Infinity }, { inputTokens: Infinity }],
    ["no object at all", "none", "none"],
    ["nothing", undefined, undefined],
  ])("is reported verbatim in place of the true one: %s", async (_, usage, expected) => {
    await using rig = await startRig(bad(usage));
    const url = `${rig.aws.url}/model/${modelId}/converse`;

    const response = await signedFetch(host, { url, body: { ...converseInput(12), modelId: undefined } });
    const answer = JSON.parse(await response.text()) as { readonly usage: unknown };

    expect(answer.usage).toEqual(expected);
    expect(rig.book.ended).toEqual([{ inputTokens: 5, outputTokens: 12 }]);
  });

  it("takes the place of the usage at the end of a ConverseStream", async () => {
    await using rig = await startRig(bad({ inputTokens: -1, outputTokens: 1e300, totalTokens: 0 }));

    const { stream } = await rig.runtime(host).converseStream(converseInput(12));
    const events = await collect(stream);

    expect(events.at(-1)?.metadata?.usage).toMatchObject({ inputTokens: -1, outputTokens: 1e300 });
  });

  it("takes the place of usage, metrics and headers of InvokeModel", async () => {
    await using rig = await startRig(bad(-7));
    const url = `${rig.aws.url}/model/${modelId}/invoke`;

    const whole = await signedFetch(host, { url, body });
    const stream = await rig.runtime(host).invokeModelWithResponseStream({ modelId, body, requestMetadata });
    const chunks = (await collect(stream.body)).map((event) => JSON.parse(text.decode(event.chunk?.bytes)));

    expect(whole.headers.get("x-amzn-bedrock-input-token-count")).toBe("-7");
    expect(await whole.json()).toMatchObject({ usage: -7 });
    expect(chunks[0]).toMatchObject({ message: { usage: -7 } });
    expect(chunks.at(-1)).toEqual({ type: "message_stop", "amazon-bedrock-invocationMetrics": -7 });
  });

  it.each([
    ["meta.llama3-70b-instruct-v1:0", { prompt: "hi" }, { prompt_token_count: "x", generation_token_count: "x" }],
    ["amazon.titan-text-express-v1", { inputText: "hi" }, { inputTextTokenCount: "x", results: [{ tokenCount: "x" }] }],
  ])("takes the place of single counts of %s", async (id, body, expected) => {
    await using rig = await startRig(bad("x"));

    const output = await rig.runtime(host).invokeModel({ modelId: id, body: JSON.stringify(body) });

    expect(JSON.parse(text.decode(output.body))).toMatchObject(expected);
  });

  it("leaves the headers out when there is no usage", async () => {
    await using rig = await startRig(bad(undefined));
    const url = `${rig.aws.url}/model/acme.mystery-v1/invoke`;

    const response = await signedFetch(host, { url, body: { question: "hi" } });

    expect(response.headers.get("x-amzn-bedrock-input-token-count")).toBeNull();
  });
});

it("says another account in GetCallerIdentity when told to", async () => {
  await using rig = await startRig({ fault: () => ({ kind: "wrong-account" }) });

  const identity = await rig.sts().getCallerIdentity({});

  expect(identity.Account).toBe("000000000000");
  expect(identity.Arn).toContain("::000000000000:");
});

describe.each([
  ["ahead", hourMs],
  ["behind", -hourMs],
])("an AWS whose clock is an hour %s", (_, clockSkewMs) => {
  it("refuses a client at first, and says its own time", async () => {
    await using rig = await startRig({ clockSkewMs });

    const url = `${rig.aws.url}/model/${modelId}/converse`;
    const response = await signedFetch(host, { url, body: converseInput(3) });
    const offMs = Date.parse(response.headers.get("date") ?? "") - new Date().getTime();

    expect(response.status).toBe(403);
    expect(Math.abs(offMs - clockSkewMs)).toBeLessThan(60_000);
    expect(rig.aws.stats().refusedByAuth).toEqual({ "clock-skew": 1 });
  });

  it("lets the SDK in once it has corrected its clock by the Date header", async () => {
    await using rig = await startRig({ clockSkewMs });
    const client = rig.runtime(host);

    const error = await errorOf(client.converse(converseInput(3)));
    const output = await client.converse(converseInput(3));

    expect(error.name).toBe("InvalidSignatureException");
    expect(output.usage?.outputTokens).toBe(3);
  });

  it("gives sessions that last by its own clock", async () => {
    await using rig = await startRig({ clockSkewMs, sessionLifetimeMs: 900_000 });
    const sts = rig.sts();
    const input = { RoleArn: "arn:aws:iam::111122223333:role/bedrock", RoleSessionName: "test", ExternalId: "ext-1" };

    await errorOf(sts.assumeRole(input));
    const { Credentials } = await sts.assumeRole(input);
    const lastsMs = (Credentials?.Expiration?.getTime() ?? 0) - new Date().getTime();

    expect(Math.abs(lastsMs - clockSkewMs - 900_000)).toBeLessThan(60_000);
  });
});
