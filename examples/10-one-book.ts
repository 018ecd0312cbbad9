/**
 * Three processes that all want the whole of one account's quota: with one book in Redis their sum stays under the limit;
 * each with a book of its own they ask for three times as much, and AWS refuses the rest.
 *
 * Needs a redis-server on this machine, or REDIS_URL of a Redis or Valkey that may be used.
 */
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { ShardedBedrockRuntime, type ShardedBedrockRuntimeOptions, type ShardrockConfig } from "@shardrock/core";
import { ioredisClient, redisLedger } from "@shardrock/redis";
import { startSimulatedFleet } from "@shardrock/simulator";
import { Redis } from "ioredis";

/** What a process is told when it is started. */
interface Told {
  readonly config: ShardrockConfig;
  readonly hostCredentials: NonNullable<ShardedBedrockRuntimeOptions["hostCredentials"]>;
  readonly redisUrl: string;
  readonly realm: string;
}

/** What it tells of each attempt: what AWS took, or refused, and how long ago it was sent, in ms. */
interface Tells {
  readonly tokens: number;
  readonly isRefused: boolean;
  readonly sentAgoMs: number;
}

const told = process.argv[2];
if (told === undefined) await parent();
else await child(JSON.parse(told) as Told);

/** One of the processes: ten callers that never stop, first by the shared book, then by a book of its own. */
async function child({ config, hostCredentials, redisUrl, realm }: Told): Promise<void> {
  const redis = new Redis(redisUrl, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    lazyConnect: true,
  });
  redis.on("error", () => undefined); // the ledger says what becomes of the store
  await redis.connect();
  const ledger = redisLedger({ client: ioredisClient(redis), realm });
  const options = { shared: { hostCredentials, ledger }, own: { hostCredentials } };
  let client: ShardedBedrockRuntime | undefined;
  process.on("message", (book: keyof typeof options | "stop") => {
    void client?.close({ timeoutMs: 0 });
    client = undefined;
    if (book === "stop") return void redis.quit().finally(() => process.exit());
    client = new ShardedBedrockRuntime(config, options[book]);
    client.onEvent((event) => {
      if (event.kind !== "attempt-end") return;
      const isRefused = event.booking === "throttled";
      const tokens = (isRefused ? event.reserved.tokens : event.settled.tokens) ?? 0;
      process.send?.({ tokens, isRefused, sentAgoMs: event.totalMs } satisfies Tells);
    });
    for (let caller = 0; caller < 10; caller += 1) void callOnAndOn(client);
  });
  process.send?.("ready");
}

async function callOnAndOn(client: ShardedBedrockRuntime): Promise<void> {
  const content = [{ text: "Name three rivers, and say what they have in common. ".repeat(8) }];
  const messages = [{ role: "user" as const, content }];
  try {
    for (;;) await client.converse({ modelId: "chat", messages, inferenceConfig: { maxTokens: 300 } });
  } catch {
    // It was closed: the next book's turn.
  }
}

async function parent(): Promise<void> {
  await using redis = await findRedis();
  if (redis === undefined) {
    console.log("There is no redis-server here and no REDIS_URL: apt-get install redis-server, or set REDIS_URL.");
    return;
  }
  const [accountId, region, limit] = ["111111111111", "us-east-1", 60_000];
  await using fleet = await startSimulatedFleet({
    accounts: [{ id: accountId, tokensPerMinute: { [region]: limit } }],
    limiter: "sliding60",
    speed: 8,
  });
  const { config, hostCredentials, windowMs } = fleet;
  const realm = `example-${process.pid}`;
  const options: Told = { config, hostCredentials, redisUrl: redis.url, realm };
  const children = await Promise.all(["A", "B", "C"].map(() => startChild(options)));
  console.log(`One account with ${limit} tokens a minute; a minute is ${windowMs / 1e3} s here. In the last minute:`);
  for (const [book, title] of [
    ["shared", "One book in Redis"],
    ["own", "Each its own book"],
  ] as const) {
    console.log(`\n${title}`);
    await watch(children, { book, windowMs, limit });
  }
  const gone = children.map((each) => once(each, "exit"));
  for (const each of children) each.send("stop");
  await Promise.all(gone);
}

interface Watched {
  readonly book: "shared" | "own";
  readonly windowMs: number;
  readonly limit: number;
}

/** Prints a line a second: what each process asked of AWS in the last window, by when it was sent. */
async function watch(children: readonly ChildProcess[], { book, windowMs, limit }: Watched): Promise<void> {
  const asked = children.map((): (Tells & { readonly atMs: number })[] => []);
  for (const [place, each] of children.entries()) {
    each.removeAllListeners("message");
    each.on("message", (tells: Tells) => asked[place]?.push({ ...tells, atMs: performance.now() - tells.sentAgoMs }));
    each.send(book);
  }
  for (let second = 1; second <= 6; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const sinceMs = performance.now() - windowMs;
    const recent = asked.map((all) => all.filter(({ atMs }) => atMs >= sinceMs));
    const sums = recent.map((all) => all.reduce((sum, { tokens }) => sum + tokens, 0));
    const sum = sums.reduce((total, tokens) => total + tokens, 0);
    const refused = recent.flat().filter(({ isRefused }) => isRefused).length;
    const cells = sums.map((tokens, place) => `${"ABC"[place]} ${String(tokens).padStart(6)}`);
    const verdict = sum > limit ? "OVER" : "under";
    console.log(
      `${second} s  ${cells.join("  ")}  sum ${String(sum).padStart(6)} of ${limit} ${verdict}  ${refused} refused`,
    );
  }
}

async function startChild(options: Told): Promise<ChildProcess> {
  const started = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)]);
  const failed = once(started, "exit").then(() => Promise.reject(new Error("a process did not start")));
  failed.catch(() => undefined); // later its end is no failure
  await Promise.race([once(started, "message"), failed]);
  return started;
}

/** The one that is given, or a new one on a free port that keeps nothing on disk. */
async function findRedis(): Promise<({ readonly url: string } & AsyncDisposable) | undefined> {
  const { REDIS_URL: given } = process.env;
  if (given !== undefined) {
    await tryOnce(given);
    return { url: given, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  if (spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status !== 0) return undefined;
  const port = await freePort();
  const server = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", ""], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const text of server.stdout) if (String(text).includes("Ready to accept connections")) break;
  return { url: `redis://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.kill() };
}

/** @throws {Error} why there is no connection: a client tells it by its `error` events only. */
async function tryOnce(url: string): Promise<void> {
  let why = "it does not answer";
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 5_000 });
  redis.on("error", ({ message }: Error) => (why = message));
  try {
    await redis.connect();
  } catch (cause) {
    throw new Error(`REDIS_URL cannot be used: ${why}`, { cause });
  } finally {
    redis.disconnect();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await once(probe.listen(0, "127.0.0.1"), "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address !== null ? address.port : 6379;
}
