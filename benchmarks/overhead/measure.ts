/** Measures in a process of its own, which trusts the upstream's certificate, and sends the figures to its parent. */
import { runBatch } from "./batch.ts";
import { type Callers, makeCallers } from "./clients.ts";
import { useManyTargets } from "./many-targets.ts";
import type { Batch, Overhead, Turn } from "./shape.ts";
import { compareStreams } from "./stream-events.ts";

const [, , url = "", turnsText = "30", quick = ""] = process.argv;
const turns = Number(turnsText);
const callsPerBatch = quick === "quick" ? 40 : 400;
const warmUpCalls = quick === "quick" ? 40 : 4_000;
const names = ["shipped", "keepAlive", "sharded"] as const;

// Before anything else: nothing that is still warm may count as heap of the targets.
const many = await useManyTargets(url, mostSockets);
const callers = makeCallers(url);
for (const name of names) await runBatch(callers[name], warmUpCalls);
const done: Turn[] = [];
for (let turn = 0; turn < turns; turn += 1) done.push(await takeTurn(callers, turn));
const stream = await compareStreams();
process.send?.({ turns: done, many, stream } satisfies Overhead, () => process.exit());

/** Each place in the order is taken by each client as often as by the others. */
async function takeTurn(callers: Callers, turn: number): Promise<Turn> {
  const order = [0, 1, 2].map((place) => names[(place + turn) % names.length] ?? "sharded");
  if (turn % 2 === 1) order.reverse();
  const batches = new Map<string, Batch>();
  for (const name of order) batches.set(name, await runBatch(callers[name], callsPerBatch));
  const batchOf = (name: string): Batch => batches.get(name) ?? { cpuUs: Number.NaN, p50Ms: Number.NaN };
  return { shipped: batchOf("shipped"), keepAlive: batchOf("keepAlive"), sharded: batchOf("sharded") };
}

function mostSockets(): Promise<number> {
  return new Promise((resolve) => {
    process.once("message", (message) => resolve((message as { mostSockets: number }).mostSockets));
    process.send?.("most-sockets");
  });
}
