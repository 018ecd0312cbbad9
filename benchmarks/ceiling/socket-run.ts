import { BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { type Random, seededRandom, servedBy, ShardedBedrockRuntime, systemClock } from "@shardrock/core";
import {
  type AnsweredRequest,
  serviceMs,
  type SimulatedFleet,
  startSimulatedFleet,
  textOfTokens,
} from "@shardrock/simulator";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { resultOf, type RunResult } from "./run-result.ts";
import { Tally } from "./tally.ts";
import type { Arrivals } from "./arrivals.ts";
import { maxWaitMinutes } from "./contenders/routed.ts";
import { placeOf, type Size, sum } from "./size.ts";
import { callsOf, type WorkCall } from "./stream.ts";
import type { RunShape } from "./virtual-run.ts";

export interface SocketRunShape extends RunShape {
  readonly contender: "shardrock" | "round-robin" | "adaptive";
}

type Input = Omit<ConverseCommandInput, "modelId">;

/** Sends one call; says how long it waited in ms, as far as it knows. */
type Send = (input: Input) => Promise<number | undefined>;

/** One run in real time: the real SDK against a simulated AWS over loopback sockets, in this process. */
export async function runOverSockets(shape: SocketRunShape, arrivals: Arrivals, random: Random): Promise<RunResult> {
  const { size, limiter, seed, streams, minutes, learningMinutes } = shape;
  const [stream] = streams;
  if (stream === undefined || streams.length > 1) throw new RangeError("a run over sockets has one stream");
  await using fleet = await startSimulatedFleet({
    accounts: accountsOf(size),
    limiter,
    seed,
    speed: 60_000 / size.windowMs,
  });
  using sender = await senders[shape.contender](fleet);
  const summedTpm = sum(size.tokensPerMinute);
  const startMs = systemClock.monotonicMs();
  const { windowMs } = size;
  const tally = new Tally({
    clock: systemClock,
    startMs,
    learnedMs: startMs + learningMinutes * windowMs,
    windowMs,
    streams: 1,
    targets: 1,
  });
  using _records = fleet.aws.onRecord(({ outcome }: AnsweredRequest) =>
    tally.attempt(0, 0, outcome === "throttled" ? throttledCall : undefined),
  );
  const calls = callsOf({ index: 0, shape: stream }, { summedTpm, windowMs, arrivals }, seededRandom(seed + 2));
  const untilMs = minutes * windowMs;
  const open: Promise<void>[] = [];
  for (const call of calls) {
    if (call.atMs >= untilMs) break;
    await sleepUntil(startMs + call.atMs);
    open.push(serve(call, { send: sender.send, tally, random, windowMs }));
  }
  await sleepUntil(startMs + untilMs);
  const result = resultOf(tally, { learningMinutes, minutes, summedTpm, summedRpm: 0 });
  sender.stop();
  await Promise.all(open);
  return result;
}

const throttledCall = { kind: "throttled", message: "Too many tokens, please wait before trying again." } as const;

interface Serving {
  readonly send: Send;
  readonly tally: Tally;
  readonly random: Random;
  readonly windowMs: number;
}

async function serve(call: WorkCall, { send, tally, random, windowMs }: Serving): Promise<void> {
  const sinceMs = systemClock.monotonicMs();
  try {
    const input = {
      messages: [{ role: "user" as const, content: [{ text: textOfTokens(call.inputTokens, random) }] }],
      inferenceConfig: { maxTokens: call.maxTokens },
      requestMetadata: { outputTokens: String(call.outputTokens) },
    };
    const waitedMs = await send(input);
    const modelMs = (serviceMs(call.outputTokens) * windowMs) / 60_000;
    const retriedMs = systemClock.monotonicMs() - sinceMs - modelMs;
    tally.serve(0, 0, {
      tokens: call.actual.tokens ?? 0,
      cacheReadTokens: 0,
      waitedMs: waitedMs ?? Math.max(0, retriedMs),
    });
  } catch {
    tally.refuse(0); // no room in time, or the SDK's retries were used up
  }
}

/** A way of sending, to be disposed. */
interface Sender extends Disposable {
  readonly send: Send;
  /** Breaks off what would last for long yet. */
  readonly stop: () => void;
}

const senders: Record<SocketRunShape["contender"], (fleet: SimulatedFleet) => Promise<Sender>> = {
  shardrock: async ({ config, hostCredentials, windowMs }) => {
    const waiting = { maxWaitMs: maxWaitMinutes * windowMs };
    const client = new ShardedBedrockRuntime({ ...config, waiting }, { hostCredentials });
    return {
      stop: () => undefined, // its calls wait no longer than they may
      send: async (input) => servedBy(await client.send(new ConverseCommand({ ...input, modelId: "chat" })))?.waitedMs,
      [Symbol.dispose]: () => client.destroy(),
    };
  },
  "round-robin": (fleet) => Promise.resolve(inTurn(fleet, "standard")),
  adaptive: (fleet) => Promise.resolve(inTurn(fleet, "adaptive")),
};

/** One SDK client for each account and Region, in turn. */
function inTurn(fleet: SimulatedFleet, retryMode: RetryMode): Sender {
  const requestHandler = new NodeHttpHandler({ httpAgent: { maxSockets: 10_000 } });
  const clients = fleet.config.accounts.flatMap((account) => clientsOf(account, fleet, { requestHandler, retryMode }));
  let turn = 0;
  // One for all would be slow, since it searches its listeners; and all kept to the end would make collecting garbage so.
  const open = new Set<AbortController>();
  return {
    send: async (input) => {
      turn += 1;
      const command = new ConverseCommand({ ...input, modelId: fleet.modelId });
      const end = new AbortController();
      open.add(end);
      try {
        await clients[turn % clients.length]?.send(command, { abortSignal: end.signal });
      } finally {
        open.delete(end);
      }
      return undefined;
    },
    // What the SDK's retries hold back would take minutes.
    stop: () => open.forEach((end) => end.abort()),
    [Symbol.dispose]: () => requestHandler.destroy(),
  };
}

type RetryMode = "standard" | "adaptive";

/** The SDK's clients of one account, one a Region, with the SDK's own retries. */
function clientsOf(
  { id, regions = [] }: SimulatedFleet["config"]["accounts"][number],
  { aws, accountCredentials }: SimulatedFleet,
  options: { readonly requestHandler: NodeHttpHandler; readonly retryMode: RetryMode },
): BedrockRuntimeClient[] {
  const credentials = accountCredentials.get(id);
  if (credentials === undefined) throw new Error(`the simulated AWS gave account ${id} no keys`);
  return regions.map((region) => new BedrockRuntimeClient({ region, endpoint: aws.url, credentials, ...options }));
}

function accountsOf(size: Size) {
  const accounts = new Map<string, Record<string, number>>();
  for (const [index, tpm] of size.tokensPerMinute.entries()) {
    const { accountId, region } = placeOf(size, index);
    accounts.set(accountId, { ...accounts.get(accountId), [region]: tpm });
  }
  return [...accounts].map(([id, byRegion]) => ({ id, tokensPerMinute: byRegion }));
}

function sleepUntil(atMs: number): Promise<void> {
  const ms = atMs - systemClock.monotonicMs();
  return ms < 1 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
