import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { seededRandom, ShardedBedrockRuntime, ShardrockError } from "@shardrock/core";
import { startFaultProxy, startSimulatedFleet } from "@shardrock/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventStreamOf, exceptionOf } from "./event-stream.ts";

const input = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "How many quotas does a bank need?" }] }],
  inferenceConfig: { maxTokens: 100 },
};
const eventStream = "application/vnd.amazon.eventstream";
const page = "<html><body>a page that no caller may see</body></html>";
/** A call that comes to nothing may leave this much behind, in bytes; a frame says it has two thousand times more. */
const mostMemory = 64 * 1024 * 1024;

interface Hostile {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

let answer: Hostile = { headers: {}, body: "" };
let fleet: Awaited<ReturnType<typeof startSimulatedFleet>>;
let client: ShardedBedrockRuntime;
const server = createServer((request, response) => {
  request.resume();
  respond(response, answer);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  fleet = await startSimulatedFleet({
    accounts: [{ id: "111111111111", tokensPerMinute: { "us-east-1": 20_000_000 } }],
  });
  const bedrockRuntime = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { config, hostCredentials } = fleet;
  const timeouts = { firstEventMs: 1_000, idleMs: 1_000, totalMs: 2_000 };
  const own = { ...config, timeouts, endpoints: { ...config.endpoints, bedrockRuntime } };
  client = new ShardedBedrockRuntime(own, { hostCredentials });
});

afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  await fleet[Symbol.asyncDispose]();
});

function respond(response: ServerResponse, { status = 200, headers, body }: Hostile): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** What a caller gets of a stream: how many events, and how it ended. */
async function read(): Promise<{ readonly kinds: readonly string[]; readonly error: unknown }> {
  const kinds: string[] = [];
  try {
    const { stream } = await client.send(new ConverseStreamCommand(input));
    for await (const event of stream ?? []) kinds.push(Object.keys(event)[0] ?? "");
    return { kinds, error: undefined };
  } catch (error) {
    return { kinds, error };
  }
}

function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function leftOpen(): number {
  const { quotas, inFlight } = client.snapshot();
  return quotas.reduce((sum, { open }) => sum + open, inFlight);
}

const events = [
  { messageStart: { role: "assistant" } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "seven" } } },
  { contentBlockStop: { contentBlockIndex: 0 } },
  { messageStop: { stopReason: "end_turn" } },
  { metadata: { usage: { inputTokens: 7, outputTokens: 1, totalTokens: 8 }, metrics: { latencyMs: 1 } } },
];
const whole = eventStreamOf(events);

describe("an event stream that ends too soon, as if all were well", () => {
  it.each(events.map((_, frames) => frames))(
    "after %d whole frames is whole only with its closing event",
    async (frames) => {
      answer = { headers: { "content-type": eventStream }, body: eventStreamOf(events.slice(0, frames)) };
      const { kinds, error } = await read();

      const hasEnded = frames > 3;
      expect(error).toEqual(hasEnded ? undefined : expect.any(ShardrockError));
      expect(kinds.includes("messageStop")).toBe(hasEnded);
      expect(leftOpen()).toBe(0);
    },
  );
});

describe("an event stream in which AWS says that the session has ended", () => {
  it("is broken after content, quotes nothing, and is no other target's turn", async () => {
    const said = exceptionOf("expiredTokenException", page);
    const begun = eventStreamOf(events.slice(0, 2));
    answer = { headers: { "content-type": eventStream }, body: Buffer.concat([begun, said]) };
    let attempts = 0;
    using _heard = client.onEvent(({ kind }) => void (attempts += kind === "attempt-end" ? 1 : 0));

    const { kinds, error } = await read();

    expect(kinds).toEqual(["messageStart", "contentBlockDelta"]);
    expect(error).toMatchObject({ code: "stream-interrupted", eventsDelivered: 2 });
    expect(String(error)).not.toContain("html");
    expect(attempts).toBe(1);
    expect(leftOpen()).toBe(0);
  });
});

describe("an event stream with bytes changed on the way", () => {
  it("is whole, or a typed error, never a shorter answer", async () => {
    const random = seededRandom(17);
    const wrong: unknown[] = [];
    for (let round = 0; round < 200; round += 1) {
      const body = Buffer.from(whole);
      for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes -= 1) {
        body[Math.floor(random() * body.length)] = Math.floor(random() * 256);
      }
      answer = { headers: { "content-type": eventStream }, body };
      const { kinds, error } = await read();
      const isWhole = kinds.includes("messageStop") && kinds.filter((kind) => kind === "messageStart").length === 1;
      if (error === undefined ? !isWhole : !(error instanceof ShardrockError)) wrong.push({ round, kinds, error });
    }

    expect(wrong).toEqual([]);
    expect(leftOpen()).toBe(0);
  });

  it("that loses, repeats or swaps bytes is whole or a typed error", async () => {
    const random = seededRandom(18);
    const wrong: unknown[] = [];
    for (let round = 0; round < 120; round += 1) {
      const [from, to] = [random(), random()]
        .map((share) => Math.floor(share * whole.length))
        .toSorted((a, b) => a - b);
      const [before, cut, after] = [whole.subarray(0, from), whole.subarray(from, to), whole.subarray(to)];
      const parts =
        [
          [before, after],
          [before, cut, cut, after],
          [before, after, cut],
        ][round % 3] ?? [];
      answer = { headers: { "content-type": eventStream }, body: Buffer.concat(parts) };
      const { kinds, error } = await read();
      const isWhole = kinds.includes("messageStop") && kinds.includes("contentBlockDelta");
      if (error === undefined ? !isWhole : !(error instanceof ShardrockError)) wrong.push({ round, kinds, error });
    }

    expect(wrong).toEqual([]);
    expect(leftOpen()).toBe(0);
  });

  it.each([0, 1, 15, 16, 0xff_ff_ff, 0x01_00_00_01, 0x7f_ff_ff_ff, 0xff_ff_ff_ff])(
    "with a frame that says it has %d bytes is a typed error, and takes no memory",
    async (length) => {
      const frame = Buffer.alloc(64);
      frame.writeUInt32BE(length);
      const before = process.memoryUsage();
      for (const start of [Buffer.alloc(0), whole.subarray(0, 200)]) {
        answer = { headers: { "content-type": eventStream }, body: Buffer.concat([start, frame]) };
        expect((await read()).error).toBeInstanceOf(ShardrockError);
      }
      const after = process.memoryUsage();

      expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(mostMemory);
      expect(leftOpen()).toBe(0);
    },
  );
});

describe("HTTP 200 that is no answer", () => {
  const bodies: readonly (readonly [what: string, hostile: Hostile])[] = [
    ["nothing", { headers: {}, body: "" }],
    ["nothing, called JSON", { headers: { "content-type": "application/json" }, body: "" }],
    ["{}", { headers: { "content-type": "application/json" }, body: "{}" }],
    ["null", { headers: { "content-type": "application/json" }, body: "null" }],
    ["half an object", { headers: { "content-type": "application/json" }, body: '{"output": {"message": {"ro' }],
    ["a page", { headers: { "content-type": "text/html" }, body: page }],
    ["a page, called JSON", { headers: { "content-type": "application/json" }, body: page }],
    ["a page, called an event stream", { headers: { "content-type": eventStream }, body: page }],
    ["a long page", { headers: { "content-type": "text/html" }, body: page.repeat(20_000) }],
    ["an empty event stream", { headers: { "content-type": eventStream }, body: "" }],
  ];

  it.each(bodies)("%s: a typed error that quotes nothing", async (_what, hostile) => {
    answer = hostile;

    for (const error of [await errorOf(client.send(new ConverseCommand(input))), (await read()).error]) {
      expect(error).toBeInstanceOf(ShardrockError);
      expect(String(error)).not.toContain("no caller may see");
    }
    expect(leftOpen()).toBe(0);
  });
});

it("an event stream in pieces of every size is whole", async () => {
  answer = { headers: { "content-type": eventStream }, body: whole };
  const { port } = server.address() as AddressInfo;
  for (const averageBytes of [1, 2, 3, 5, 7, 11, 13, 64]) {
    await using proxy = await startFaultProxy({ upstreamPort: port, toxics: [{ kind: "slicer", averageBytes }] });
    const { config, hostCredentials } = fleet;
    const endpoints = { ...config.endpoints, bedrockRuntime: proxy.url };
    await using sliced = new ShardedBedrockRuntime({ ...config, endpoints }, { hostCredentials });
    const kinds: string[] = [];
    const { stream } = await sliced.send(new ConverseStreamCommand(input));
    for await (const event of stream ?? []) kinds.push(Object.keys(event)[0] ?? "");

    expect(kinds).toEqual(["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]);
  }
});
