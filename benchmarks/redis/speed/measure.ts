/** Measures one process with one connection, and sends the figures to its parent. */
import { type Candidate, type Ledger, MemoryLimits, systemClock, systemRandom, type Target } from "@shardrock/core";
import { ioredisClient, redisLedger } from "@shardrock/redis";
import { Redis } from "ioredis";
import { ServerCounts } from "../server-counts.ts";
import { depths, type SpeedBatch, type SpeedName, speedNames, type SpeedOptions, type SpeedResult } from "./shape.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as SpeedOptions;
const realm = "speed";
const minuteMs = 60_000;

/** 8 candidates with a quota of tokens and one of requests each. */
const targets = Array.from({ length: 8 }, (_, index): Target => {
  const accountId = String(index + 1).padStart(12, "1");
  return {
    id: accountId,
    accountId,
    region: "us-east-1",
    endpoint: "runtime",
    modelId: "us.anthropic.claude-chat",
    destinationRegions: ["us-east-1"],
    weight: 1,
    quotas: [
      { key: `${accountId}/tokens`, unit: "tokens", windowMs: minuteMs },
      { key: `${accountId}/requests`, unit: "requests", windowMs: minuteMs },
    ],
  };
});
const candidates = targets.map((target): Candidate => ({ target, cost: { requests: 1, tokens: 1_375 } }));

/** What any reservation costs at least: one script that reads the time and a number, and writes one. */
const bareScript = `
local now = redis.call("TIME")
local before = redis.call("HGET", KEYS[1], "value")
redis.call("HSET", KEYS[1], "value", now[1] .. now[2])
return before`;

const redis = new Redis({ host: "127.0.0.1", port: options.port });
const limits = new MemoryLimits();
// So much that everything fits: what is measured is the way there and back.
for (const { key } of targets.flatMap(({ quotas }) => quotas)) limits.set(key, 1e10, "config");
const host = { clock: systemClock, random: systemRandom, limits, tell: () => undefined, warn: () => undefined };
// Longer than any round takes: a machine that is busy must not make it decide by itself.
const book = redisLedger({ client: ioredisClient(redis), realm, timeoutMs: 5_000 }).open(host);
const bareSha = String(await redis.script("LOAD", bareScript));
const counts = new ServerCounts(options.port);

const once: Record<SpeedName, () => Promise<unknown>> = {
  PING: () => redis.ping(),
  "bare script": () => redis.evalsha(bareSha, 1, "{shardrock:bare}:value"),
  reserve: () => reserved(book.ledger),
};
const open: { release(): void }[] = [];

const batches: SpeedBatch[] = [];
for (const name of speedNames) await batch(name, 64, 500);
for (let round = 0; round < options.rounds; round += 1) {
  for (const depth of depths) {
    for (let place = 0; place < speedNames.length; place += 1) {
      const name = speedNames[(place + round) % speedNames.length] ?? "PING";
      batches.push(await batch(name, depth, depth === 1 ? options.operations / 10 : options.operations));
    }
  }
}
const bytesPerQuota = await bytesOfRealm();
await book[Symbol.asyncDispose]();
process.send?.({ batches, bytesPerQuota } satisfies SpeedResult, () => process.exit());

async function reserved(ledger: Ledger): Promise<void> {
  const answer = await ledger.reserve(candidates);
  if (answer.kind === "refused") throw new Error(`refused for ${answer.retryAfterMs} ms`);
  open.push(answer);
}

async function batch(name: SpeedName, depth: number, operations: number): Promise<SpeedBatch> {
  const before = { scripts: await counts.scripts(), seconds: await counts.cpuSeconds() };
  const tookMs: number[] = [];
  let left = operations;
  const run = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      const sinceMs = performance.now();
      await once[name]();
      tookMs.push(performance.now() - sinceMs);
    }
  };
  const sinceMs = performance.now();
  await Promise.all(Array.from({ length: depth }, run));
  const allMs = performance.now() - sinceMs;
  const scripts = (await counts.scripts()) - before.scripts;
  const seconds = (await counts.cpuSeconds()) - before.seconds;
  await giveBack();
  tookMs.sort((one, other) => one - other);
  const at = (share: number): number => (tookMs[Math.floor(share * (tookMs.length - 1))] ?? Number.NaN) * 1e3;
  return {
    name,
    depth,
    perSecond: (tookMs.length * 1e3) / allMs,
    p50Us: at(0.5),
    p99Us: at(0.99),
    scriptsEach: scripts / tookMs.length,
    serverUsEach: (seconds * 1e6) / tookMs.length,
  };
}

/** Endings are not waited for by anybody, and are no part of a reservation's time. */
async function giveBack(): Promise<void> {
  for (const reservation of open.splice(0)) reservation.release();
  await book.ledger.flush?.();
}

async function bytesOfRealm(): Promise<number> {
  const names = await redis.keys(`{shardrock:${realm}}*`);
  const bytes = await Promise.all(names.map(async (name) => Number(await redis.call("MEMORY", "USAGE", name))));
  return bytes.reduce((sum, each) => sum + each, 0) / (targets.length * 2);
}
