import { readFileSync } from "node:fs";
import { Cluster, Redis } from "ioredis";
import { Cluster as ValkeyCluster, Redis as Valkey } from "iovalkey";
import { createClient, createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ioredisClient } from "../../packages/redis/src/clients/ioredis-client.ts";
import { iovalkeyClient } from "../../packages/redis/src/clients/iovalkey-client.ts";
import { nodeRedisClient } from "../../packages/redis/src/clients/node-redis-client.ts";
import type { ScriptClient } from "../../packages/redis/src/clients/script-client.ts";
import { StoreFault } from "../../packages/redis/src/clients/store-fault.ts";
import type { Booked } from "../../packages/redis/src/store/book-store.ts";
import { ScriptStore } from "../../packages/redis/src/store/script-store.ts";
import { script } from "../../packages/redis/src/scripts/script.ts";
import { ask, beatOf, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { anyServer } from "./kit/redis-binary.ts";
import { type RedisCluster, startCluster } from "./kit/redis-cluster.ts";
import { ask as tell, startRedis } from "./kit/redis-server.ts";
import { gateOf } from "./kit/store-world.ts";

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

const clustered: readonly (readonly [string, (ports: readonly number[]) => Promise<Opened>])[] = [
  [
    "ioredis",
    async (ports) => {
      const cluster = new Cluster(ports.map((port) => ({ host: "127.0.0.1", port })));
      return { client: ioredisClient(cluster), [Symbol.asyncDispose]: async () => cluster.disconnect() };
    },
  ],
  [
    "iovalkey",
    async (ports) => {
      const cluster = new ValkeyCluster(ports.map((port) => ({ host: "127.0.0.1", port })));
      return { client: iovalkeyClient(cluster), [Symbol.asyncDispose]: async () => cluster.disconnect() };
    },
  ],
  [
    "node-redis",
    async (ports) => {
      const cluster = createCluster({ rootNodes: ports.map((port) => ({ socket: { host: "127.0.0.1", port } })) });
      await cluster.connect();
      return { client: nodeRedisClient(cluster), [Symbol.asyncDispose]: async () => cluster.destroy() };
    },
  ],
];

/** What the README tells to give a user of the book. */
const readme = readFileSync(new URL("../../packages/redis/README.md", import.meta.url), "utf8");
const [, rights = ""] = /^ACL SETUSER shardrock on >PASSWORD (.+)$/m.exec(readme) ?? [];

let realms = 0;

/** Everything a process does with the book. */
async function useAll(client: ScriptClient): Promise<void> {
  const store = new ScriptStore({ client, realm: `clients-${(realms += 1)}`, processId: "é" });
  await open(store, { "clé/a": gateOf(60), b: gateOf(600, { window: "sliding", mayHold: 600 }) });
  const asked = ask("1", [{ "clé/a": 1.5, b: 100 }], { wantsRing: true });

  const booked = (await store.reserve(asked)) as Booked;
  const refused = await store.reserve(ask("2", [{ b: 550 }], { horizonUs: 2e6 }));
  const ended = await store.end(endingOf(asked, booked, { "clé/a": 0.25, b: 120 }));
  const again = await store.end(endingOf(asked, booked));
  const gate = gateOf(300);
  const published = await store.publish([{ key: "b", basedOn: 1, gate, record: '{"é":1}' }]);
  const late = await store.publish([{ key: "b", basedOn: 1, gate: gateOf(1), record: "{}" }]);
  await store.merge([{ key: "b", bySlot: new Map([[Math.floor(booked.nowUs / 125_000), 7]]) }]);
  await store.tell("nouvelles é");
  const settled = new Map([["b", new Map([[Math.floor(booked.nowUs / 1e7), 120.5]])]]);
  const beaten = await store.beat(beatOf("é", { settled }));

  expect(booked).toMatchObject({ kind: "booked", place: 0, startUs: booked.nowUs });
  expect([...(booked.booked[1]?.ring?.values() ?? [])]).toEqual([100]);
  expect(refused.kind).toBe("refused");
  expect([ended.isFirst, again.isFirst]).toEqual([true, false]);
  expect(ended.pages.get("b")).toMatchObject({ inWindow: 120, open: 0, version: 1 });
  expect(published).toEqual([]);
  expect(late).toEqual([{ key: "b", version: 2, gate, record: '{"é":1}' }]);
  expect(await store.read(["nothing", "b"])).toEqual(late);
  expect([...((await store.rings(["b"])).get("b")?.values() ?? [])].reduce((sum, n) => sum + n, 0)).toBe(127);
  expect(beaten).toMatchObject({ news: ["nouvelles é"], newsCount: 1, processes: ["é"] });
  expect((await store.settled(["b", "nothing"], 0)).get("b")).toEqual(settled.get("b"));
  expect([await store.claim("probe", 1e6), await store.claim("probe", 1e6)]).toEqual([true, true]);
  await store.giveUp("probe");
}

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

describe.skipIf(anyServer() === undefined)("clients of a cluster", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 40_000);
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  it.each(clustered)("%s does everything the book needs, whichever node has the realm", async (_, openClient) => {
    await using opened = await openClient(cluster.ports);

    for (let realm = 0; realm < 6; realm += 1) await useAll(opened.client);
  });

  it.each(single)("%s says so when it is no client of clusters", async (_, openClient) => {
    const faults: unknown[] = [];
    for (const port of cluster.ports) {
      await using opened = await openClient(port);
      const store = new ScriptStore({ client: opened.client, realm: "one", processId: "p" });
      faults.push(
        await store.tell("x").then(
          () => "works",
          (error: StoreFault) => `${error.kind} ${error.reason}`,
        ),
      );
    }

    expect(new Set(faults)).toEqual(new Set(["reconnect MOVED", "works"]));
  });
});

async function untilSynced(port: number): Promise<void> {
  await expect.poll(() => tell({ port }, "INFO replication")).toContain("master_link_status:up");
}

async function untilBusy(port: number): Promise<void> {
  await expect.poll(() => tell({ port }, "PING")).toContain("BUSY");
}
