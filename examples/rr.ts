import { openRouter, parseConfig } from "@shardrock/core";
import { ioredisClient, nodeRedisClient, redisLedger } from "@shardrock/redis";
import { Redis } from "ioredis";
import { createClient } from "../packages/redis/node_modules/redis/dist/index.js";
import { readFileSync } from "node:fs";
const ca = readFileSync("/tmp/rr-tls/cert.pem");
const config = parseConfig({ role: { name: "shardrock", trust: "same-org" }, accounts: [{ id: "111111111111", regions: ["us-east-1"] }], models: { sonnet: { servedBy: [{ id: "us.anthropic.claude-sonnet-4-6", destinations: ["us-east-1"] }], quotas: { tokensPerMinute: 1_000_000 } } }, residency: { allowedRegions: ["us-east-1"] } });
const fast = { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 };
const cases: [string, any][] = [
  ["nothing there", { host: "127.0.0.1", port: 17009 }],
  ["wrong password", { host: "127.0.0.1", port: 17001, password: "wrong" }],
  ["no password", { host: "127.0.0.1", port: 17001 }],
  ["tls to plain", { host: "127.0.0.1", port: 17001, password: "secret", tls: {} }],
  ["plain to tls", { host: "127.0.0.1", port: 17002 }],
  ["tls untrusted", { host: "localhost", port: 17002, tls: {} }],
  ["tls right", { host: "localhost", port: 17002, tls: { ca } }],
  ["right", { host: "127.0.0.1", port: 17001, password: "secret" }],
];
for (const which of ["ioredis", "node-redis"]) for (const [name, o] of cases) {
  console.log(`\n## ${which}: ${name}`);
  let close: () => void; let client: any;
  if (which === "ioredis") { const r = new Redis({ ...o, ...fast }); const seen = new Set(); r.on("error", (e) => { const m = String(e); if (!seen.has(m)) { seen.add(m); console.log("  client error event:", m); } }); client = ioredisClient(r); close = () => r.disconnect(); }
  else { const c = createClient({ socket: { host: o.host, port: o.port, ...(o.tls ? { tls: true, ...o.tls } : {}) }, password: o.password, disableOfflineQueue: true }); const seen = new Set(); c.on("error", (e: any) => { const m = String(e); if (!seen.has(m)) { seen.add(m); console.log("  client error event:", m); } }); c.connect().catch((e: any) => console.log("  connect rejects:", String(e))); client = nodeRedisClient(c as any); close = () => c.destroy(); }
  const opened = openRouter(config, { ledger: redisLedger({ client, realm: "x", onStoreDown: "reject" }), warn: (c: any, m: any) => console.log("  warn", c, m) } as any);
  (opened.router as any).onEvent?.((e: any) => { if (e.kind === "ledger-change") console.log("  event", e.change, e.message); });
  const run = async () => { try { const r = await opened.router.run({ pool: "sonnet", candidates: opened.candidates("sonnet", { requests: 1, tokens: 10 }) }, (_t: any, call: any) => { call.settle({ requests: 1, tokens: 10 }); return Promise.resolve("served"); }); console.log("  call:", r.value ?? r); } catch (e: any) { console.log("  call fails:", e.code, e.message, "| cause:", String(e.cause), "| its cause:", String(e.cause?.cause)); } };
  await run(); await new Promise(r => setTimeout(r, 1600)); await run();
  await opened[Symbol.asyncDispose](); close!();
}
process.exit(0);
