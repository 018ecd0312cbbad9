import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it } from "vitest";
import { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import { event } from "../testing/event-frame.test.kit.ts";
import { exampleAccount, exampleConfig } from "../testing/example-config.test.kit.ts";
import { assumedRole, callerIdentity } from "../testing/fake-aws.test.kit.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";

const accountId = "111111111111";
const idleMs = 5_000;
const input = {
  modelId: "sonnet",
  messages: [{ role: "user" as const, content: [{ text: "hello" }] }],
  inferenceConfig: { maxTokens: 100 },
};
const start = event({ messageStart: { role: "assistant" } });
const delta = event({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "hi" } } });
const stop = event({ messageStop: { stopReason: "end_turn" } });
const usage = event({
  metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, metrics: { latencyMs: 1 } },
});

const opened: { close(): void }[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

/** A client over its own sockets, and an AWS that answers as the test says. */
async function open(answer: (response: ServerResponse) => unknown) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/") return void answerSts(request, response);
    request.resume();
    requests.push(request);
    answer(response);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = new ManualClock();
  const config = exampleConfig({
    accounts: [exampleAccount(1, { regions: ["us-east-1"] })],
    endpoints: { bedrockRuntime: url, sts: url },
    timeouts: { idleMs },
  });
  const hostCredentials = { accessKeyId: "AKIAHOST", secretAccessKey: "s" };
  const client = new ShardedBedrockRuntime(config, { hostCredentials, clock });
  opened.push({
    close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
    },
  });
  const stream = async () => (await client.send(new ConverseStreamCommand(input))).stream ?? [];
  const isClosed = () => requests[0]?.socket.destroyed === true;
  const isAsked = () => requests.length > 0;
  return { client, clock, stream, isAsked, isClosed };
}

async function answerSts(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await text(request);
  const answer = asked.includes("GetCallerIdentity") ? callerIdentity(accountId) : assumedRole(accountId);
  response.setHeader("content-type", "text/xml").end(answer.body);
}

function beginStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
}

async function readAll(stream: AsyncIterable<unknown> | Iterable<unknown>): Promise<unknown[]> {
  const events = [];
  for await (const each of stream) events.push(each);
  return events;
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Lets the sockets of this machine move. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++) {
    await settleDown();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("over real sockets, a stream", () => {
  it("arrives whole when the network cuts it into single bytes", async () => {
    const { stream } = await open(async (response) => {
      beginStream(response);
      for (const byte of Buffer.concat([start, delta, delta, stop, usage])) {
        response.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });

    expect(await readAll(await stream())).toHaveLength(5);
  });

  it("with a frame of 2 GiB breaks, and its socket is closed", async () => {
    const { stream, isClosed } = await open((response) => {
      beginStream(response);
      response.write(Buffer.concat([start, delta, Buffer.from("7fffffff00000000", "hex")]));
    });

    expect(await errorOf(stream().then(readAll))).toMatchObject({
      code: "stream-interrupted",
      cause: { code: "response-invalid", message: expect.stringContaining("2147483647") },
    });
    await until(isClosed);
    expect(isClosed()).toBe(true);
  });

  it("that its consumer leaves closes its socket", async () => {
    const { stream, isClosed } = await open((response) => {
      beginStream(response);
      response.write(Buffer.concat([start, delta, delta.subarray(0, 30)]));
    });

    for await (const _event of await stream()) break;

    await until(isClosed);
    expect(isClosed()).toBe(true);
  });

  it("that drips bytes but no event goes idle", async () => {
    let response: ServerResponse | undefined;
    const { stream, clock, isClosed } = await open((answering) => {
      beginStream(answering);
      answering.write(Buffer.concat([start, delta]));
      response = answering;
    });
    const seen: unknown[] = [];
    const reading = errorOf(
      stream().then(async (events) => {
        for await (const each of events) seen.push(each);
      }),
    );
    await until(() => seen.length === 2);

    for (let second = 0; second < idleMs / 1_000; second++) {
      response?.write(delta.subarray(second, second + 1));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(1_000);
    }

    expect(await reading).toMatchObject({ code: "stream-interrupted", cause: { code: "timeout" } });
    await until(isClosed);
    expect(isClosed()).toBe(true);
  });

  it("that says nothing but headers breaks after the time to its first event", async () => {
    const { stream, clock, isAsked } = await open((response) => {
      beginStream(response);
      response.flushHeaders();
    });
    const reading = errorOf(stream());
    await until(isAsked);

    await clock.advance(600_000);

    expect(await reading).toMatchObject({ code: "timeout" });
  });

  it("whose connection is lost after content is an error, not a shorter answer", async () => {
    const { stream } = await open((response) => {
      beginStream(response);
      response.write(Buffer.concat([start, delta]), () => setImmediate(() => response.socket?.resetAndDestroy()));
    });

    expect(await errorOf(stream().then(readAll))).toMatchObject({
      code: "stream-interrupted",
      cause: { code: "ECONNRESET" },
    });
  });
});

describe("over real sockets, an answer", () => {
  const page = "<html>something else</html>";
  const note = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}';

  it.each([
    ["a page with a length", { "content-type": "text/html", "content-length": String(page.length) }, page],
    ["a page without one", { "content-type": "text/html" }, page],
    ["nothing", { "content-length": "0" }, ""],
    ["a note of AWS", { "content-type": "application/json", "content-length": String(note.length) }, note],
  ])("that is %s is no success", async (_what, headers, body) => {
    const { client } = await open((response) => void response.writeHead(200, headers).end(body));

    expect(await errorOf(client.converse(input))).toMatchObject({ code: "response-invalid" });
  });

  it("that is a page too long to read gives its socket back", async () => {
    const { client, isClosed } = await open(
      (response) => void response.writeHead(200, { "content-type": "text/html" }).write(page.repeat(100_000)),
    );

    await errorOf(client.converse(input));
    await until(isClosed);

    expect(isClosed()).toBe(true);
  });

  it("that says AWS knows no such operation says so here", async () => {
    const headers = { "content-type": "application/json", "content-length": String(note.length) };
    const { client } = await open((response) => void response.writeHead(200, headers).end(note));

    expect(await errorOf(client.converse(input))).toMatchObject({
      message: expect.stringContaining("UnknownOperationException"),
    });
  });

  it("of a proxy is an error without the page", async () => {
    const { client } = await open(
      (response) => void response.writeHead(502, { "content-type": "text/html" }).end(page),
    );

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject({ code: "provider-error", message: expect.stringContaining("HTTP 502") });
    expect(String(error)).not.toContain("something else");
  });
});
