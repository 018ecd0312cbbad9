import { ConverseCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import type { TraceCall } from "@shardrock/cli";
import { NoCapacityError, seededRandom, servedBy, ShardedBedrockRuntime, type ShardrockConfig } from "@shardrock/core";
import { failover } from "@shardrock/failover";
import { type SimulatedBedrock, textOfTokens, VirtualClock } from "@shardrock/simulator";
import { virtualEndpoint } from "./virtual-endpoint.ts";

export interface DropInRunOptions {
  readonly config: ShardrockConfig;
  /** What AWS enforces. */
  readonly bedrock: SimulatedBedrock;
  readonly calls: readonly TraceCall[];
  readonly seed: number;
}

/** How calls came out that were sent through the drop-in client. */
export interface DropInRun {
  readonly served: number;
  readonly refused: number;
  /** Anything else. */
  readonly failed: number;
  /** Of the calls that were served, in ms, rising. */
  readonly waitsMs: readonly number[];
  /** What AWS charged, by account. */
  readonly tokens: ReadonlyMap<string, number>;
}

/** Plays calls through the drop-in client and the real SDK, in virtual time and with no socket. */
export async function dropInRun({ config, bedrock, calls, seed }: DropInRunOptions): Promise<DropInRun> {
  const clock = new VirtualClock();
  const tokens = new Map<string, number>();
  await using client = new ShardedBedrockRuntime(config, {
    clock,
    random: seededRandom(seed),
    hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "host" },
    failover: failover(),
    requestHandler: virtualEndpoint({ bedrock, clock, tokens }),
    env: {},
  });
  const words = seededRandom(seed + 2);
  await teach(client, (count) => textOfTokens(count, words));
  const run = { served: 0, refused: 0, failed: 0 };
  const waitsMs: number[] = [];
  const open = new Set<TraceCall>();
  const send = async (call: TraceCall): Promise<void> => {
    open.add(call);
    try {
      const command = commandOf(call, textOfTokens(call.inputTokens, words));
      const answer = await client.send(command, { shardrock: { tenant: call.tenant, priority: call.priority } });
      run.served += 1;
      waitsMs.push(servedBy(answer)?.waitedMs ?? Number.NaN);
    } catch (error) {
      if (error instanceof NoCapacityError) run.refused += 1;
      else run.failed += 1;
    }
    open.delete(call);
  };
  for (const call of calls) {
    await clock.advance(call.atMs - clock.monotonicMs());
    void send(call);
  }
  while (open.size > 0) await clock.advance(1_000);
  return { ...run, tokens, waitsMs: waitsMs.toSorted((one, other) => one - other) };
}

/** CountTokens is free, and says how many tokens text makes. */
async function teach(client: ShardedBedrockRuntime, textOf: (tokens: number) => string): Promise<void> {
  for (let count = 0; count < 20; count += 1) {
    const messages = [{ role: "user" as const, content: [{ text: textOf(1_000) }] }];
    await client.send(new CountTokensCommand({ modelId: "chat", input: { converse: { messages } } }));
  }
}

function commandOf({ maxTokens, outputTokens }: TraceCall, text: string): ConverseCommand {
  return new ConverseCommand({
    modelId: "chat",
    messages: [{ role: "user", content: [{ text }] }],
    ...(maxTokens !== undefined && { inferenceConfig: { maxTokens } }),
    requestMetadata: { outputTokens: String(outputTokens) },
  });
}
