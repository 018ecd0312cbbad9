import { type AddressInfo, createServer, type Server, Socket } from "node:net";
import { Agent } from "node:http";
import { BedrockRuntime } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, describe, expect, it } from "vitest";
import { classify } from "../classify.ts";
import { isResetOfReusedSocket, sharedHandler } from "./shared-handler.ts";

const opened: { close(): void }[] = [];

/** A server whose n-th connection does what the n-th function does with each request's first bytes. */
async function serve(onRequest: (socket: Socket, requestNumber: number) => void): Promise<BedrockRuntime> {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => onRequest(socket, ++requests));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const requestHandler = sharedHandler(1_000);
  opened.push({
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      requestHandler.destroy();
    },
  });
  return new BedrockRuntime({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "s" },
    maxAttempts: 1,
    requestHandler,
  });
}

function answer(socket: Socket): void {
  const body = '{"usage":{}}';
  socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
}

const input = { modelId: "m", messages: [] };
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

describe("the shared handler", () => {
  it("marks the reset of a reused socket before any byte came back, which is worth one more try", async () => {
    const client = await serve((socket, request) => (request === 1 ? answer(socket) : socket.resetAndDestroy()));
    await client.converse(input);

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(isResetOfReusedSocket(error)).toBe(true);
  });

  it("does not mark the reset of a new socket: AWS may have the request", async () => {
    const client = await serve((socket) => socket.resetAndDestroy());

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(isResetOfReusedSocket(error)).toBe(false);
    expect(classify(error).kind).toBe("ambiguous");
  });

  it("does not mark a reset after the first byte of an answer", async () => {
    const client = await serve((socket, request) => {
      if (request === 1) return answer(socket);
      socket.write("HTTP/1.1 200 OK\r\n");
      socket.once("drain", () => undefined);
      socket.write("content-length: 10\r\n", () => socket.resetAndDestroy());
    });
    await client.converse(input);

    const error = await errorOf(client.converse(input));

    expect(isResetOfReusedSocket(error)).toBe(false);
  });

  it("makes an error that is known to be before sending when no connection comes about in time", async () => {
    const agent = new Agent();
    const silent = new Socket();
    Object.assign(silent, { connecting: true });
    agent.createConnection = () => silent;
    const requestHandler = new NodeHttpHandler({ connectionTimeout: 20, httpAgent: agent });
    const client = new BedrockRuntime({
      region: "us-east-1",
      endpoint: "http://127.0.0.1:1",
      credentials: { accessKeyId: "a", secretAccessKey: "s" },
      maxAttempts: 1,
      requestHandler,
    });

    const error = await errorOf(client.converse(input));

    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(classify(error).kind).toBe("unreachable");
  });
});
