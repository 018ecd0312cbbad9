import { afterAll, beforeAll, describe, it } from "vitest";
import { anyServer, binaryOf, type ServerName } from "./redis-binary.ts";
import { type RedisServer, type ServerOptions, startRedis } from "./redis-server.ts";

type Suite = (server: () => RedisServer) => void;

/** A suite with a server of its own; where none is installed it is skipped, and its name says why. */
export function describeWithRedis(name: string, suite: Suite, options: ServerOptions = {}): void {
  const binary = options.binary ?? anyServer();
  describe.skipIf(binary === undefined)(`${name}${binary === undefined ? " (no redis-server here)" : ""}`, () => {
    withServer(suite, options);
  });
}

/** A suite for servers of one kind. Where that is not installed, one skipped test says so in the suite's place. */
export function describeWithServer(name: ServerName, suite: Suite): void {
  const binary = binaryOf(name);
  if (binary === undefined) it.skip(`a shared book on ${name} (there is none on the PATH)`);
  else {
    describe(`a shared book on ${name}`, () => {
      withServer(suite, { binary });
    });
  }
}

function withServer(suite: Suite, options: ServerOptions): void {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    server = await startRedis(options);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  suite(() => {
    if (server === undefined) throw new Error("the server runs only while tests do");
    return server;
  });
}
