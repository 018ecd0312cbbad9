import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { createClient } from "redis";
import { describe, expect, it } from "vitest";
import { ioredisClient } from "../../packages/redis/src/clients/ioredis-client.ts";
import { iovalkeyClient } from "../../packages/redis/src/clients/iovalkey-client.ts";
import { nodeRedisClient } from "../../packages/redis/src/clients/node-redis-client.ts";
import type { ScriptClient } from "../../packages/redis/src/clients/script-client.ts";
import { StoreFault } from "../../packages/redis/src/clients/store-fault.ts";
import { script } from "../../packages/redis/src/scripts/script.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { ask as tell, startRedis } from "./kit/redis-server.ts";
import { useAll } from "./kit/use-all.ts";

interface Opened extends AsyncDisposable {
  readonly client: ScriptClient;
}

type Open = (port: number, login?: { readonly username: string; readonly password: string }) => Promise<Opened>;

const single: readonly (readonly [string, Open])[] = [
  [
    "ioredis",
    async (port, login = { username: "", password: "" }) => {
      const redis = new Redis({ port, ...login, enableOfflineQueue: false, lazyConnect: true });
      redis.on("error", () => undefined); // what fails is seen by whoever asks
      await redis.connect();
      return { client: ioredisClient(redis), [Symbol.asyncDispose]: async () => redis.disconnect() };
    },
  ],
  [
    "iovalkey",
    async (port, login = { username: "", password: "" }) => {
      const valkey = new Valkey({ port, ...login, enableOfflineQueue: false, lazyConnect: true });
      valkey.on("error", () => undefined);
      await valkey.connect();
      return { client: iovalkeyClient(valkey), [Symbol.asyncDispose]: async () => valkey.disconnect() };
    },
  ],
  [
    "node-redis",
    async (port, login) => {
      const redis = createClient({ socket: { host: "127.0.0.1", port }, ...login, disableOfflineQueue: true });
      redis.on("error", () => undefined);
      await redis.connect();
      return { client: nodeRedisClient(redis), [Symbol.asyncDispose]: async () => redis.destroy() };
    },
  ],
];

/** What the README tells to give a user of the book. */
const readme = readFileSync(new URL("../../packages/redis/README.md", import.meta.url), "utf8");
const [, rights = ""] = /^ACL SETUSER shardrock on >PASSWORD (.+)$/m.exec(readme) ?? [];

describeWithRedis(
  "clients of one server",
  (server) => {
    describe.each(single)("%s", (_, openClient) => {
      it("does everything the book needs", async () => {
        await using opened = await openClient(server().port);

        await useAll(opened.client);
      });

      it("goes on when the server has forgotten the scripts", async () => {
        await using opened = await openClient(server().port);
        await useAll(opened.client);
        await tell({ port: server().port }, "SCRIPT FLUSH");

        await useAll(opened.client);
      });

      it("needs no more rights than the documented line gives", async () => {
        expect(await tell({ port: server().port }, `ACL SETUSER book on >secret ${rights}`)).toBe("+OK\r\n");
        await using opened = await openClient(server().port, { username: "book", password: "secret" });

        await useAll(opened.client);

        const foreign = script("foreign", [`return redis.call("GET", KEYS[1])`]);
        await expect(opened.client.run(foreign, ["other"], [])).rejects.toMatchObject({ kind: "denied" });
        const keys = script("keys", [`return redis.call("KEYS", "*")`]);
        await expect(opened.client.run(keys, ["{shardrock:a}:state"], [])).rejects.toMatchObject({ kind: "denied" });
      });

      it("says what a server that cannot write answers, by what helps", async () => {
        await using replica = await startRedis({ port: true });
        await tell({ port: replica.port }, `REPLICAOF 127.0.0.1 ${server().port}`);
        await untilSynced(replica.port);
        await using opened = await openClient(replica.port);

        await expect(useAll(opened.client)).rejects.toMatchObject({ kind: "reconnect", reason: "READONLY" });
      });

      it("says that it cannot be done now while a script of somebody else does not end", async () => {
        await using busy = await startRedis({ port: true, args: ["--busy-reply-threshold", "1"] });
        await using opened = await openClient(busy.port);
        const endless = tell({ port: busy.port }, `EVAL "while true do end" 0`).catch(() => "");
        await untilBusy(busy.port);

        await expect(useAll(opened.client)).rejects.toMatchObject({ kind: "down", reason: "BUSY" });
        await tell({ port: busy.port }, "SCRIPT KILL");
        await endless;
      });

      it("fails at once when the server is gone, and works when it is back", async () => {
        await using mortal = await startRedis({ port: true });
        await using opened = await openClient(mortal.port);
        await useAll(opened.client);
        await mortal.kill();

        const fault = await useAll(opened.client).catch((error: unknown) => error);
        expect(fault).toBeInstanceOf(StoreFault);
        expect(fault).toMatchObject({ kind: "down" });

        await mortal.restart();
        await expect.poll(() => useAll(opened.client).then(() => "works", String)).toBe("works");
      });
    });
  },
  { port: true, args: ["--repl-diskless-sync-delay", "0"] },
);

async function untilSynced(port: number): Promise<void> {
  await expect.poll(() => tell({ port }, "INFO replication")).toContain("master_link_status:up");
}

async function untilBusy(port: number): Promise<void> {
  await expect.poll(() => tell({ port }, "PING")).toContain("BUSY");
}
