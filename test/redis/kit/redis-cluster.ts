import type { NetConnectOpts } from "node:net";
import { ask, freePort, type RedisServer, startRedis } from "./redis-server.ts";

/** Three masters on 127.0.0.1 that share the slots. */
export interface RedisCluster extends AsyncDisposable {
  readonly ports: readonly number[];
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
  return { ports: nodes.map(({ port }) => port), [Symbol.asyncDispose]: stop };
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
