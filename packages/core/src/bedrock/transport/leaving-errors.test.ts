import { inspect } from "node:util";
import {
  BedrockRuntimeServiceException,
  ConverseStreamCommand,
  InvokeModelCommand,
  ThrottlingException,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import { servedBy } from "./served-by.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";
import type { RouterEvent } from "../../routing/router-event.ts";
import { event, eventFrame, exception } from "../testing/event-frame.test.kit.ts";
import { exampleAccount, exampleConfig } from "../testing/example-config.test.kit.ts";
import { type FakeAnswer, FakeAws, refusal, streamAnswer } from "../testing/fake-aws.test.kit.ts";

const canary = "CANARY the patient's name is Ada";
const input = {
  modelId: "sonnet",
  messages: [{ role: "user" as const, content: [{ text: canary }] }],
  inferenceConfig: { maxTokens: 100 },
};
const start = event({ messageStart: { role: "assistant" } });
const delta = event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: canary } } });
const secrets = [canary, "secret-1111", "token-1111", "an-external-id", "host-secret", "AWS4-HMAC-SHA256"];

function open(change: Partial<ShardrockConfig> = {}) {
  const aws = new FakeAws();
  const client = new ShardedBedrockRuntime(
    exampleConfig({ accounts: [exampleAccount(1, { regions: ["us-east-1"] })], waiting: { maxWaitMs: 0 }, ...change }),
    { hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" }, requestHandler: aws.handler },
  );
  const events: RouterEvent[] = [];
  client.onEvent((happened) => events.push(happened));
  return { aws, client, events };
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

async function readAll(client: ShardedBedrockRuntime): Promise<void> {
  const { stream } = await client.send(new ConverseStreamCommand(input));
  for await (const _event of stream ?? []);
}

/** What a careless logger would write of an error and of all it leads to. */
function everythingIn(error: unknown): string {
  const texts = [inspect(error, { showHidden: true, depth: Infinity, getters: true })];
  for (let link = error; link instanceof Error; link = link.cause) {
    texts.push(JSON.stringify(link, Object.getOwnPropertyNames(link)), String(link.stack));
  }
  return texts.join("\n");
}

const html: FakeAnswer = { status: 502, headers: { "content-type": "text/html" }, body: `<html>${canary}</html>` };

describe("an error that leaves the library", () => {
  it.each<[string, FakeAnswer | Error, object]>([
    ["a refusal", refusal(400, "ValidationException", canary), { name: "ValidationException" }],
    ["an unheard-of refusal", refusal(418, "TeapotException", canary), { name: "TeapotException" }],
    ["a server's fault", refusal(500, "InternalServerException", canary), { name: "InternalServerException" }],
    ["a proxy's page", html, { code: "provider-error", message: expect.stringContaining("HTTP 502") }],
    ["a page instead of an answer", { ...html, status: 200 }, { code: "response-invalid" }],
    ["an answer cut off", { body: `{"output":"${canary}` }, { code: "response-invalid" }],
    ["a broken connection", Object.assign(new Error(canary), { code: "ECONNRESET" }), { code: "ECONNRESET" }],
  ])("holds nothing of the call or of the answer: %s", async (_what, answer, expected) => {
    const { aws, client, events } = open();
    aws.onBedrock = () => {
      if (answer instanceof Error) throw answer;
      return answer;
    };

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject(expected);
    expect(servedBy(error)).toMatchObject({ accountId: "111111111111" });
    for (const secret of secrets) expect(everythingIn([error, events])).not.toContain(secret);
  });

  it.each<[string, FakeAnswer]>([
    ["an exception", streamAnswer([start, delta, exception("modelStreamErrorException", canary)])],
    ["an unmodelled exception", streamAnswer([start, delta, exception("oddException", canary)])],
    ["an error frame", streamAnswer([start, delta, errorFrame("InternalFailure")])],
    ["a frame that is no JSON", streamAnswer([start, delta, eventFrame(jsonEvent, canary)])],
    [
      "a frame with a wrong checksum",
      streamAnswer([start, delta, delta.map((byte, at) => (at === 8 ? byte ^ 1 : byte))]),
    ],
    ["a broken connection", streamAnswer([start, delta], new Error(canary))],
  ])("out of a stream holds nothing of it, nor does its cause: %s", async (_what, answer) => {
    const { aws, client, events } = open();
    aws.onBedrock = () => answer;

    const error = await errorOf(readAll(client));

    expect(error).toMatchObject({ code: "stream-interrupted", eventsDelivered: 2, cause: expect.any(Error) });
    for (const secret of secrets) expect(everythingIn([error, events])).not.toContain(secret);
  });

  it("tells, after every attempt was throttled, who throttled the last, and no more", async () => {
    const { aws, client } = open({ accounts: [exampleAccount(1, { regions: ["us-east-1"] })] });
    aws.onBedrock = () => refusal(429, "ThrottlingException", `Too many tokens per day, please wait. ${canary}`);

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject({ code: "no-capacity", cause: { name: "ThrottlingException" } });
    expect((error as Error).cause).toBeInstanceOf(ThrottlingException);
    expect(servedBy(error)).toMatchObject({ accountId: "111111111111", requestId: "request-2" });
    for (const secret of secrets) expect(everythingIn(error)).not.toContain(secret);
  });

  it("reads the quota that spoke from the words it does not pass on", async () => {
    const { aws, client, events } = open();
    aws.onBedrock = () => refusal(429, "ThrottlingException", "Too many tokens per day, please wait.");

    await errorOf(client.converse(input));

    const [verdict] = events.flatMap((each) => (each.kind === "attempt-end" ? [each.verdict] : []));
    expect(verdict).toEqual({ kind: "throttled", scope: "tokens-per-day" });
  });

  it("of STS leads neither to the host's signature nor to the external id", async () => {
    const { aws, client } = open();
    const body = `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${canary} an-external-id</Message></Error></ErrorResponse>`;
    aws.onSts = () => ({ status: 403, body, headers: { "content-type": "text/xml" } });

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject({ code: "credentials-unavailable", cause: { name: "AccessDenied" } });
    for (const secret of secrets) expect(everythingIn(error)).not.toContain(secret);
  });

  it("holds AWS's words when the config asks for them", async () => {
    const { aws, client } = open({ errors: { includeProviderMessage: true } });
    aws.onBedrock = () => refusal(400, "ValidationException", "max_tokens is too large");

    expect(await errorOf(client.converse(input))).toMatchObject({
      message: expect.stringMatching(/^ValidationException from account 1{12}, us-east-1 .*: max_tokens is too large$/),
    });
  });

  it("is a service exception for callers who know no better", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => refusal(418, "TeapotException");

    expect(await errorOf(client.converse(input))).toBeInstanceOf(BedrockRuntimeServiceException);
  });

  it("is marked anew for each of the calls that one failure of STS fails", async () => {
    const { aws, client } = open();
    aws.onSts = () => ({ status: 403, body: "<x/>" });

    const errors = await Promise.all([errorOf(client.converse(input)), errorOf(client.converse(input))]);

    expect(new Set(errors.map((error) => servedBy(error)?.callId)).size).toBe(2);
  });
});

describe("an error before anything was sent", () => {
  const failing = (error: unknown) => () => () => {
    throw error;
  };

  it("of the caller's own middleware is the caller's own", async () => {
    const { client } = open();
    const own = new RangeError("my limit");
    client.middlewareStack.add(failing(own), { step: "build" });

    expect(await errorOf(client.converse(input))).toBe(own);
  });

  it.each([
    ["quotes the call", new TypeError(`Expected number, got string: ${canary}`)],
    ["came over a network", Object.assign(new Error("x"), { $response: { headers: canary } })],
    ["is none", { text: canary }],
  ])("that %s is replaced by one that does not", async (_what, thrown) => {
    const { aws, client } = open();
    client.middlewareStack.add(failing(thrown), { step: "build" });

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject({ code: "request-invalid" });
    expect(everythingIn(error)).not.toContain(canary);
    expect(aws.bedrock).toEqual([]);
  });
});

describe("a 200 that is no answer", () => {
  const unknownOperation = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}';

  it.each<[string, FakeAnswer]>([
    ["an empty body", { body: "" }],
    ["{}", { body: "{}" }],
    ["JSON of something else", { body: '{"hello":1}' }],
    ["null", { body: "null" }],
    ["a page", { headers: { "content-type": "text/html; charset=utf-8" }, body: "<html></html>" }],
    ["a page that says it is JSON", { body: "<html></html>" }],
    ["garbage", { body: "\u0000\u0001" }],
    ["a stream", streamAnswer([start])],
  ])("to Converse is an error, is not tried again and keeps its hold: %s", async (_what, answer) => {
    const { aws, client, events } = open({ accounts: [exampleAccount(1), exampleAccount(2)] });
    aws.onBedrock = () => answer;

    expect(await errorOf(client.converse(input))).toMatchObject({ code: "response-invalid" });
    expect(aws.bedrock).toHaveLength(1);
    expect(events).toContainEqual(expect.objectContaining({ kind: "attempt-end", booking: "kept" }));
  });

  it.each<[string, FakeAnswer]>([
    ["an empty body", { body: "" }],
    ["{}", { body: " {} " }],
    ["a page", { headers: { "content-type": "text/html" }, body: "<html></html>" }],
    ["a page that says it is JSON", { body: "<html></html>" }],
    ["half an answer", { body: '{"completion":"hi' }],
  ])("to InvokeModel is an error: %s", async (_what, answer) => {
    const { aws, client } = open();
    aws.onBedrock = () => answer;
    const body = JSON.stringify({ max_tokens: 50, messages: [] });

    expect(await errorOf(client.send(new InvokeModelCommand({ modelId: "sonnet", body })))).toMatchObject({
      code: "response-invalid",
    });
  });

  it.each<[string, FakeAnswer, string]>([
    ["an empty body", { body: "" }, "instead of an event stream"],
    ["JSON", { body: "{}" }, "an answer of application/json instead of an event stream"],
    ["a page", { headers: { "content-type": "text/html" }, body: "<html></html>" }, "text/html"],
    ["an empty stream", streamAnswer([]), "before its first content"],
    ["a stream without content", streamAnswer([start]), "before its first content"],
    ["a stream cut in its first frame", streamAnswer([start.subarray(0, 20)]), "ended inside a frame"],
    ["a stream cut in a frame's length", streamAnswer([start, delta.subarray(0, 2)]), "ended inside a frame"],
    ["a frame of 2 GiB", streamAnswer([start, Buffer.from("7fffffff00000000", "hex")]), "2147483647 bytes"],
  ])("to ConverseStream is an error, is not tried again and keeps its hold: %s", async (_what, answer, said) => {
    const { aws, client, events } = open({ accounts: [exampleAccount(1), exampleAccount(2)] });
    aws.onBedrock = () => answer;

    expect(await errorOf(readAll(client))).toMatchObject({
      code: "response-invalid",
      message: expect.stringContaining(said),
    });
    expect(aws.bedrock).toHaveLength(1);
    expect(aws.bedrock[0]?.signal?.aborted).toBe(true);
    expect(events).toContainEqual(expect.objectContaining({ kind: "attempt-end", booking: "kept" }));
  });

  it.each([
    ["Converse", (client: ShardedBedrockRuntime) => client.converse(input)],
    ["ConverseStream", readAll],
    [
      "InvokeModel",
      (client: ShardedBedrockRuntime) => client.invokeModel({ modelId: "sonnet", body: '{"max_tokens":9}' }),
    ],
  ])(
    "because AWS knows no such operation took nothing, and would be the same everywhere: %s",
    async (_operation, send) => {
      const { aws, client, events } = open({ accounts: [exampleAccount(1), exampleAccount(2)] });
      aws.onBedrock = () => ({ body: unknownOperation });

      expect(await errorOf(send(client))).toMatchObject({
        code: "response-invalid",
        message: expect.stringContaining("UnknownOperationException"),
      });
      expect(aws.bedrock).toHaveLength(1);
      expect(events).toContainEqual(expect.objectContaining({ kind: "attempt-end", booking: "released" }));
    },
  );

  it("ends a stream with a frame out of bounds after what came before it", async () => {
    const { aws, client } = open();
    aws.onBedrock = () => streamAnswer([Buffer.concat([start, delta, Buffer.from("7fffffff00000000", "hex")])]);

    expect(await errorOf(readAll(client))).toMatchObject({
      code: "stream-interrupted",
      eventsDelivered: 2,
      cause: { code: "response-invalid" },
    });
  });
});

const jsonEvent = { ":message-type": "event", ":event-type": "contentBlockDelta", ":content-type": "application/json" };

function errorFrame(code: string): Uint8Array {
  return eventFrame({ ":message-type": "error", ":error-code": code, ":error-message": canary }, "");
}
