import { ConverseCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import { type Random, seededRandom, servedBy, ShardedBedrockRuntime, ShardrockError } from "@shardrock/core";
import { failover } from "@shardrock/failover";
import { serviceMs, type SimulatedFleet, startSimulatedFleet, textOfTokens } from "@shardrock/simulator";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { quantile, type RealOutcome } from "./outcome.ts";
import { accounts, burndown, maxWaitMs, type RealRun, region, windowMs } from "./scene.ts";
import { readTraceFile, type TracedCall } from "./trace-file.ts";

/** What became of a call. */
type Ended =
  | { readonly kind: "served"; readonly waitedMs: number; readonly overheadMs: number }
  | { readonly kind: "refused" | "failed" };

/**
 * Plays a trace in real time: the drop-in client with the real SDK, made from the config file, against a simulated AWS over
 * loopback sockets.
 */
export async function runReally({ limiter, seed, folder }: RealRun): Promise<RealOutcome> {
  const speed = 60_000 / windowMs;
  // Only the windows are shorter: the model takes as long as the plan says that it does.
  const model = { serviceMs: (tokens: number) => serviceMs(tokens) * speed };
  await using fleet = await startSimulatedFleet({ accounts, limiter, burndown, speed, model, seed });
  const file = join(folder, "router.yaml");
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ ...fleet.config, waiting: { maxWaitMs } }, undefined, 2));
  const calls = readTraceFile(join(folder, "calls.csv"));
  await using client = await ShardedBedrockRuntime.fromFile(file, {
    hostCredentials: fleet.hostCredentials,
    failover: failover(),
  });
  await warmUp(seed);
  await teach(client, seededRandom(seed));
  const charged = chargesOf(fleet);
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  const ended = await play(calls, client, seededRandom(seed));
  lag.disable();
  return outcomeOf({ calls, ended, charged, lag });
}

/** The first hundreds of calls of a process are slow, whatever the quotas: they are sent to another AWS, with ample ones. */
async function warmUp(seed: number): Promise<void> {
  const ample = accounts.map(({ id }) => ({ id, tokensPerMinute: { [region]: 1e9 } }));
  await using fleet = await startSimulatedFleet({ accounts: ample, model: { serviceMs: () => 100 } });
  const { config, hostCredentials } = fleet;
  await using client = new ShardedBedrockRuntime(config, { hostCredentials, failover: failover() });
  const call = { inputTokens: 1_000, outputTokens: 1, maxTokens: 1_000, tenant: "web" };
  const calls = Array.from({ length: 300 }, (_, index): TracedCall => ({ ...call, atMs: index * 10 }));
  await play(calls, client, seededRandom(seed));
}

/**
 * A plan knows how many tokens a prompt has; a router learns how many its bytes make. CountTokens teaches it that, and takes
 * nothing of the quotas.
 */
async function teach(client: ShardedBedrockRuntime, random: Random): Promise<void> {
  for (let count = 0; count < 100; count += 1) {
    const messages = [{ role: "user" as const, content: [{ text: textOfTokens(1_000, random) }] }];
    await client.send(new CountTokensCommand({ modelId: "chat", input: { converse: { messages } } }));
  }
}

/** Tokens that AWS charged, by account, as they add up. */
function chargesOf({ aws }: SimulatedFleet): Charges {
  const charges: Charges = { tokens: accounts.map(() => 0), attempts: 0, throttled: 0 };
  const placeOf = new Map(accounts.map(({ id }, place) => [id, place]));
  aws.onRecord(({ accountId, outcome, inputTokens, outputTokens }) => {
    const place = placeOf.get(accountId) ?? 0;
    charges.attempts += 1;
    if (outcome === "throttled") charges.throttled += 1;
    charges.tokens[place] = (charges.tokens[place] ?? 0) + inputTokens + outputTokens * burndown;
  });
  return charges;
}

interface Charges {
  readonly tokens: number[];
  attempts: number;
  throttled: number;
}

async function play(
  calls: readonly TracedCall[],
  client: ShardedBedrockRuntime,
  random: Random,
): Promise<readonly Ended[]> {
  const startMs = performance.now() + 500;
  const running: Promise<Ended>[] = [];
  for (const call of calls) {
    const text = textOfTokens(call.inputTokens, random);
    await sleepUntil(startMs + call.atMs);
    running.push(send(call, text, client));
  }
  return Promise.all(running);
}

async function send(call: TracedCall, text: string, client: ShardedBedrockRuntime): Promise<Ended> {
  const sinceMs = performance.now();
  const command = new ConverseCommand({
    modelId: "chat",
    messages: [{ role: "user", content: [{ text }] }],
    inferenceConfig: { maxTokens: call.maxTokens },
    requestMetadata: { outputTokens: String(call.outputTokens) },
  });
  try {
    const answer = await client.send(command, { shardrock: { tenant: call.tenant } });
    const waitedMs = servedBy(answer)?.waitedMs ?? Number.NaN;
    const overheadMs = performance.now() - sinceMs - waitedMs - serviceMs(call.outputTokens);
    return { kind: "served", waitedMs, overheadMs };
  } catch (error) {
    return { kind: error instanceof ShardrockError && error.code === "no-capacity" ? "refused" : "failed" };
  }
}

interface Played {
  readonly calls: readonly TracedCall[];
  readonly ended: readonly Ended[];
  readonly charged: Charges;
  readonly lag: ReturnType<typeof monitorEventLoopDelay>;
}

function outcomeOf({ calls, ended, charged, lag }: Played): RealOutcome {
  const share = (kind: Ended["kind"]): number => ended.filter((each) => each.kind === kind).length / calls.length;
  const served = ended.flatMap((each) => (each.kind === "served" ? [each] : []));
  const waits = served.map(({ waitedMs }) => waitedMs);
  const overheads = served.map(({ overheadMs }) => overheadMs);
  const windows = (calls.at(-1)?.atMs ?? 0) / windowMs;
  const limits = accounts.map(({ tokensPerMinute }) => Object.values(tokensPerMinute)[0] ?? 0);
  const wanted = calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens * burndown, 0);
  return {
    calls: calls.length,
    offered: wanted / (limits.reduce((sum, limit) => sum + limit, 0) * windows),
    served: share("served"),
    refused: share("refused"),
    failed: share("failed"),
    throttled: charged.throttled / Math.max(1, charged.attempts),
    waits: { p50: quantile(waits, 0.5), p95: quantile(waits, 0.95), p99: quantile(waits, 0.99) },
    utilisation: limits.map((limit, place) => (charged.tokens[place] ?? 0) / (limit * windows)),
    lagP99Ms: lag.percentile(99) / 1e6,
    lagMostMs: lag.max / 1e6,
    overheadP50Ms: quantile(overheads, 0.5),
    overheadP99Ms: quantile(overheads, 0.99),
  };
}

function sleepUntil(atMs: number): Promise<void> {
  const ms = atMs - performance.now();
  return ms < 1 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

// As a child process: every message is a run, every answer its result.
if (process.send !== undefined) {
  process.on("message", (run: RealRun) => {
    void runReally(run).then((result) => process.send?.(result));
  });
}
