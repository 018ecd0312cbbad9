import { type LedgerNews, MemoryLimits, systemClock, systemRandom } from "@shardrock/core";
import { ioredisClient, nodeRedisClient, redisLedger } from "@shardrock/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { describe, expect, it } from "vitest";
import type { ScriptClient } from "../../packages/redis/src/clients/script-client.ts";
import { targetWith } from "../contract/ledger-world.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { ask, freePort } from "./kit/redis-server.ts";

interface Login {
  readonly username?: string;
  readonly password?: string;
}

type Connect = (port: number, login?: Login) => { readonly client: ScriptClient; readonly close: () => void };

/** As the README says; nobody waits for the connection. */
const clients: readonly (readonly [string, Connect])[] = [
  [
    "ioredis",
    (port, login) => {
      const options = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 };
      const redis = new Redis({ port, ...login, ...options });
      redis.on("error", () => undefined);
      return { client: ioredisClient(redis), close: () => redis.disconnect() };
    },
  ],
  [
    "node-redis",
    (port, login) => {
      const redis = createClient({ socket: { host: "127.0.0.1", port }, ...login, disableOfflineQueue: true });
      redis.on("error", () => undefined);
      redis.connect().catch(() => undefined);
      return { client: nodeRedisClient(redis), close: () => redis.destroy() };
    },
  ],
];

/** What somebody is told who has made a mistake: by the event, and by a call. */
async function told(connected: ReturnType<Connect>): Promise<readonly [string, string]> {
  const news: LedgerNews[] = [];
  const limits = new MemoryLimits();
  limits.set("a/tokens", 60_000, "config");
  const tell = (one: LedgerNews): void => void news.push(one);
  const host = { clock: systemClock, random: systemRandom, limits, tell, warn: () => undefined };
  const opened = redisLedger({ client: connected.client, realm: "mistakes", onStoreDown: "reject" }).open(host);
  await expect.poll(() => news.length).toBeGreaterThan(0);
  const call = opened.ledger.reserve([{ target: targetWith("a"), cost: { tokens: 1 } }]);
  const refused = await Promise.resolve(call).then(
    () => "nothing",
    (error: Error) => error.message,
  );
  await opened[Symbol.asyncDispose]();
  connected.close();
  return [news[0]?.message ?? "", refused];
}

const unconnected =
  /does not answer \((Stream isn't writeable|The client is offline).*\)\. Why there is no connection, the error/;

describeWithRedis(
  "a newcomer is told what is wrong",
  (server) => {
    describe.each(clients)("with %s", (_, connect) => {
      it("where no server listens", async () => {
        for (const message of await told(connect(await freePort()))) expect(message).toMatch(unconnected);
      });

      it("where the password is wrong", async () => {
        await ask({ port: server().port }, "ACL SETUSER newcomer on >right ~{shardrock:* +@all");

        const messages = await told(connect(server().port, { username: "newcomer", password: "wrong" }));

        for (const message of messages) expect(message).toMatch(unconnected);
      });

      it("where the user may not do what is needed", async () => {
        await ask({ port: server().port }, "ACL SETUSER poor on >right ~{shardrock:* +ping +info +hello +client");

        const messages = await told(connect(server().port, { username: "poor", password: "right" }));

        for (const message of messages)
          expect(message).toMatch(/does not answer \(NOPERM .*'?evalsha'?.*\)\. Calls are refused/);
      });
    });
  },
  { port: true },
);
