import { type ServedBy, ShardedBedrockRuntime } from "@shardrock/core";
import { fleetOf, prompt } from "./clients.ts";
import type { ManyTargets } from "./shape.ts";
import { inFlight } from "./batch.ts";

const accounts = 100;
const regions = 3;
const mostCalls = 20_000;
const warmUpCalls = 6_400;
const hostCredentials = { accessKeyId: "AKIABENCH", secretAccessKey: "made-up" };

/**
 * Uses each of 300 targets at least once.
 * @param mostSockets - asks the upstream for the most connections since it was last asked.
 */
export async function useManyTargets(url: string, mostSockets: () => Promise<number>): Promise<ManyTargets> {
  const targets = accounts * regions;
  // What the code itself takes when it first runs is not the targets'.
  const warm = new ShardedBedrockRuntime(fleetOf(url, 4, 3), { hostCredentials });
  await Promise.all(Array.from({ length: inFlight }, () => sendOften(warm, warmUpCalls / inFlight)));
  warm.destroy();
  await collectGarbage();
  await mostSockets();
  const beforeBytes = process.memoryUsage().heapUsed;
  const client = new ShardedBedrockRuntime(fleetOf(url, accounts, regions), { hostCredentials });
  const used = new Set<string>();
  let calls = 0;
  const work = async (): Promise<void> => {
    while (used.size < targets && calls < mostCalls) {
      calls += 1;
      const answer = await client.send(prompt("chat"));
      const { accountId, region }: ServedBy = answer.$metadata.shardrock;
      used.add(`${accountId}/${region}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  if (used.size < targets) throw new Error(`only ${used.size} of ${targets} targets were used`);
  const sockets = await mostSockets();
  await collectGarbage();
  const heapKb = (process.memoryUsage().heapUsed - beforeBytes) / 1024 / targets;
  client.destroy();
  return { targets, inFlight, mostSockets: sockets, heapKb };
}

async function sendOften(client: ShardedBedrockRuntime, calls: number): Promise<void> {
  for (let sent = 0; sent < calls; sent += 1) await client.send(prompt("chat"));
}

async function collectGarbage(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("needs --expose-gc");
  for (let round = 0; round < 4; round += 1) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
