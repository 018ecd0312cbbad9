import type { NetConnectOpts } from "node:net";
import { Redis } from "ioredis";
import { ask, freePort, type RedisServer, startRedis } from "./redis-server.ts";

/** Three masters on 127.0.0.1 that share the slots. */
export interface RedisCluster extends AsyncDisposable {
  readonly ports: readonly number[];
  /** How often clients were told that a slot lies elsewhere. */
  moved(): Promise<number>;
  /**
   * Moves all keys of a key's slot to another node, one by one, as resharding does. What was made there meanwhile is replaced.
   * @param meanwhile - happens after each, while some have moved and some have not; waited for.
   */
  moveSlot(key: string, how?: MoveOptions): Promise<void>;
}

export interface MoveOptions {
  /** Whether the key that was named goes before the others, or after them. */
  readonly order?: "first" | "last";
  readonly meanwhile?: () => Promise<void>;
}

/** Starts a cluster and waits until every node says that it is one. @throws where no server is installed. */
export async function startCluster(): Promise<RedisCluster> {
  const nodes: RedisServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
  };
  try {
    while (nodes.length < 3) nodes.push(await startNode());
    await join(nodes.map(({ port }) => port));
  } catch (error) {
    await stop();
    throw error;
  }
  const ports = nodes.map(({ port }) => port);
  return {
    ports,
    moved: () => moved(ports),
    moveSlot: (...how) => moveSlot(ports, ...how),
    [Symbol.asyncDispose]: stop,
  };
}

const slots = 16_384;

async function startNode(): Promise<RedisServer> {
  // Nodes also listen on a port 10 000 above, which must be one.
  let port = await freePort();
  while (port > 55_000) port = await freePort();
  const bus = await freePort();
  const cluster = ["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "2000"];
  return startRedis({ port, args: [...cluster, "--cluster-port", String(bus)] });
}

async function join(ports: readonly number[]): Promise<void> {
  for (const [index, node] of ports.map(at).entries()) {
    const from = Math.floor((slots * index) / ports.length);
    const to = Math.floor((slots * (index + 1)) / ports.length) - 1;
    await told(node, `CLUSTER ADDSLOTSRANGE ${from} ${to}`);
  }
  const buses = await Promise.all(ports.map(at).map(busOf));
  for (const [index, port] of ports.entries()) {
    if (index > 0) await told(at(ports[0] ?? 0), `CLUSTER MEET 127.0.0.1 ${port} ${buses[index]}`);
  }
  for (const node of ports.map(at)) await untilWhole(node);
}

async function moved(ports: readonly number[]): Promise<number> {
  const all = await Promise.all(ports.map(at).map((node) => ask(node, "INFO errorstats")));
  return all.reduce((sum, text) => sum + Number(/errorstat_MOVED:count=(\d+)/.exec(text)?.[1] ?? 0), 0);
}

async function moveSlot(
  ports: readonly number[],
  key: string,
  { order = "first", meanwhile = async () => {} }: MoveOptions = {},
): Promise<void> {
  const nodes = ports.map((port) => new Redis({ port }));
  try {
    const slot = await nodes[0]!.cluster("KEYSLOT", key);
    const held = await Promise.all(nodes.map((node) => node.cluster("COUNTKEYSINSLOT", slot)));
    const place = held.findIndex((count) => count > 0);
    const [from, to] = [nodes[place]!, nodes[(place + 1) % nodes.length]!];
    const [fromId, toId] = [await from.cluster("MYID"), await to.cluster("MYID")];
    const names = (await from.cluster("GETKEYSINSLOT", slot, 1_000)).filter((name) => name !== key).toSorted();
    await to.cluster("SETSLOT", slot, "IMPORTING", fromId);
    await from.cluster("SETSLOT", slot, "MIGRATING", toId);
    for (const name of order === "first" ? [key, ...names] : [...names, key]) {
      await from.migrate("127.0.0.1", to.options.port ?? 0, name, 0, 5_000, "REPLACE");
      await meanwhile();
    }
    for (const node of [to, from, ...nodes]) await node.cluster("SETSLOT", slot, "NODE", toId);
  } finally {
    for (const node of nodes) node.disconnect();
  }
}

function at(port: number): NetConnectOpts {
  return { host: "127.0.0.1", port };
}

async function told(node: NetConnectOpts, command: string): Promise<void> {
  const answer = await ask(node, command);
  if (!answer.startsWith("+OK")) throw new Error(`${command} was answered ${answer}`);
}

async function busOf(node: NetConnectOpts): Promise<string> {
  const answer = await ask(node, "CONFIG GET cluster-port");
  return /\$\d+\r\n(\d+)\r\n$/.exec(answer)?.[1] ?? "";
}

/** Asks again for 20 s. */
async function untilWhole(node: NetConnectOpts): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ask(node, "CLUSTER INFO");
    if (answer.includes("cluster_state:ok") && answer.includes("cluster_known_nodes:3")) return;
    if (attempt === 400) throw new Error(`the cluster did not come together: ${answer}`);
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
}
