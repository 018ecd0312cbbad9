import { afterAll, beforeAll, describe } from "vitest";
import { anyServer } from "./redis-binary.ts";
import { type RedisServer, type ServerOptions, startRedis } from "./redis-server.ts";

/** A suite with a server of its own; where none is installed it is skipped, and its name says why. */
export function describeWithRedis(
  name: string,
  suite: (server: () => RedisServer) => void,
  options: ServerOptions = {},
): void {
  const binary = options.binary ?? anyServer();
  describe.skipIf(binary === undefined)(`${name}${binary === undefined ? " (no redis-server here)" : ""}`, () => {
    let server: RedisServer | undefined;
    beforeAll(async () => {
      server = await startRedis(options);
    });
    afterAll(() => server?.[Symbol.asyncDispose]());
    suite(() => {
      if (server === undefined) throw new Error("the server runs only while tests do");
      return server;
    });
  });
}
