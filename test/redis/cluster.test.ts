import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ioredisClient } from "../../packages/redis/src/clients/ioredis-client.ts";
import { iovalkeyClient } from "../../packages/redis/src/clients/iovalkey-client.ts";
import { nodeRedisClient } from "../../packages/redis/src/clients/node-redis-client.ts";
import type { ScriptClient } from "../../packages/redis/src/clients/script-client.ts";
import type { StoreFault } from "../../packages/redis/src/clients/store-fault.ts";
import type { Booked } from "../../packages/redis/src/store/book-store.ts";
import { keysOf } from "../../packages/redis/src/store/keys.ts";
import { ScriptStore } from "../../packages/redis/src/store/script-store.ts";
import { ask, beatOf, open } from "./kit/asking.ts";
import { clusterClients } from "./kit/cluster-clients.ts";
import { anyServer } from "./kit/redis-binary.ts";
import { type RedisCluster, startCluster } from "./kit/redis-cluster.ts";
import { gateOf, minuteUs } from "./kit/store-world.ts";
import { useAll } from "./kit/use-all.ts";

/** Clients that know one server only. */
const single: readonly (readonly [string, (port: number) => Promise<{ client: ScriptClient; close: () => void }>])[] = [
  [
    "ioredis",
    async (port) => {
      const redis = new Redis({ port });
      return { client: ioredisClient(redis), close: () => redis.disconnect() };
    },
  ],
  [
    "iovalkey",
    async (port) => {
      const valkey = new Valkey({ port });
      return { client: iovalkeyClient(valkey), close: () => valkey.disconnect() };
    },
  ],
  [
    "node-redis",
    async (port) => {
      const redis = await createClient({ socket: { host: "127.0.0.1", port } }).connect();
      return { client: nodeRedisClient(redis), close: () => redis.destroy() };
    },
  ],
];

const gates = { a: gateOf(600, { window: "sliding", mayHold: 600, burstUs: minuteUs }) };
let realms = 0;

describe.skipIf(anyServer() === undefined)("clients of a cluster", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 40_000);
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  it.each(clusterClients)(
    "%s does everything the book needs, and asks the node that has the realm",
    async (_, connect) => {
      const { client, close } = await connect(cluster.ports);
      const before = await cluster.moved();

      for (let realm = 0; realm < 6; realm += 1) await useAll(client);

      expect((await cluster.moved()) - before).toBe(0);
      close();
    },
  );

  it.each(clusterClients)("%s goes on where a realm has moved to", async (_, connect) => {
    const { client, close } = await connect(cluster.ports);
    const realm = `moves-${(realms += 1)}`;
    const store = new ScriptStore({ client, realm, processId: "p" });
    await open(store, gates);
    await store.reserve(ask("1", [{ a: 100 }]));
    const before = await cluster.moved();

    await cluster.moveSlot(keysOf(realm).state);
    const after = (await store.reserve(ask("2", [{ a: 100 }]))) as Booked;
    const { processes } = await store.beat(beatOf("p"));

    expect(after.pages.get("a")?.inWindow).toBe(200);
    expect(processes).toEqual(["p"]);
    expect((await cluster.moved()) - before).toBeGreaterThan(0);
    close();
  });

  it.each(["first", "last"] as const)(
    "never takes a book for emptier than it is while its keys move one by one, its state %s",
    async (order) => {
      const [, connect] = clusterClients[0]!;
      const { client, close } = await connect(cluster.ports);
      const realm = `moving-${order}`;
      const store = new ScriptStore({ client, realm, processId: "p" });
      await open(store, gates);
      let held = 0;
      let faults = 0;
      const use = async (id: string): Promise<void> => {
        const all = [
          store.reserve(ask(id, [{ a: 10 }])),
          store.beat(beatOf("p")),
          store.tell("news"),
          open(store, gates),
        ];
        for (const one of await Promise.allSettled(all)) {
          if (one.status === "rejected") faults += 1;
          else if (typeof one.value === "object" && "kind" in one.value && one.value.kind === "booked") held += 10;
        }
      };

      await use("before");
      let moved = 0;
      await cluster.moveSlot(keysOf(realm).state, { order, meanwhile: () => use(`${(moved += 1)}`) });
      faults = 0;
      await use("after");
      const room = await store.reserve(ask("all", [{ a: 600 - held }]));
      const more = await store.reserve(ask("more", [{ a: 10 }]));

      expect(faults).toBe(0);
      expect([room.kind, more.kind]).toContain("refused");
      close();
    },
  );

  it.each(single)("%s says so when it is no client of clusters", async (_, connect) => {
    const faults: unknown[] = [];
    for (const port of cluster.ports) {
      const { client, close } = await connect(port);
      const store = new ScriptStore({ client, realm: "one", processId: "p" });
      faults.push(
        await store.tell("x").then(
          () => "works",
          (error: StoreFault) => `${error.kind} ${error.reason}`,
        ),
      );
      close();
    }

    expect(new Set(faults)).toEqual(new Set(["reconnect MOVED", "works"]));
  });
});
