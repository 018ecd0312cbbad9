import { Cluster } from "ioredis";
import { Cluster as ValkeyCluster } from "iovalkey";
import { createCluster } from "redis";
import { ioredisClient } from "../../../packages/redis/src/clients/ioredis-client.ts";
import { iovalkeyClient } from "../../../packages/redis/src/clients/iovalkey-client.ts";
import { nodeRedisClient } from "../../../packages/redis/src/clients/node-redis-client.ts";
import type { ScriptClient } from "../../../packages/redis/src/clients/script-client.ts";

/** A client of a cluster, told where its nodes are. */
export type ConnectCluster = (
  ports: readonly number[],
) => Promise<{ readonly client: ScriptClient; readonly close: () => void }>;

const host = "127.0.0.1";

/** Of a slot that is being moved clients ask again by themselves; tests need not wait for it. */
const options = { retryDelayOnTryAgain: 10, retryDelayOnClusterDown: 10 };

const ioredis: ConnectCluster = async (ports) => {
  const cluster = new Cluster(
    ports.map((port) => ({ host, port })),
    options,
  );
  return { client: ioredisClient(cluster), close: () => cluster.disconnect() };
};

const iovalkey: ConnectCluster = async (ports) => {
  const cluster = new ValkeyCluster(
    ports.map((port) => ({ host, port })),
    options,
  );
  return { client: iovalkeyClient(cluster), close: () => cluster.disconnect() };
};

const nodeRedis: ConnectCluster = async (ports) => {
  const cluster = createCluster({ rootNodes: ports.map((port) => ({ socket: { host, port } })) });
  await cluster.connect();
  return { client: nodeRedisClient(cluster), close: () => cluster.destroy() };
};

/** Every client that knows clusters, by name. */
export const clusterClients: readonly (readonly [string, ConnectCluster])[] = [
  ["ioredis", ioredis],
  ["iovalkey", iovalkey],
  ["node-redis", nodeRedis],
];
