import {
  ConverseCommand,
  type ConverseCommandOutput,
  type ConverseStreamOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { type RouterEvent, ShardedBedrockRuntime, type ShardrockConfig } from "@shardrock/core";
import {
  countWordTokens,
  type FaultProxy,
  startFaultProxy,
  startSimulatedFleet,
  type Toxic,
} from "@shardrock/simulator";

const outputTokens = 24;

const input = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "How many quotas does a bank need?" }] }],
  inferenceConfig: { maxTokens: 100 },
  requestMetadata: { outputTokens: String(outputTokens) },
};

/** What a caller got, and how it knows that it is all. */
export type Outcome =
  { readonly kind: "whole" | "short"; readonly what: string } | { readonly kind: "error"; readonly error: unknown };

/** The real client and a simulated AWS with a fault proxy in between; STS is asked past it. */
export interface Proxied extends AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly events: readonly RouterEvent[];
  readonly client: ShardedBedrockRuntime;
  converse(): Promise<Outcome>;
  stream(): Promise<Outcome>;
  /** Everything is as if no call had ever run. */
  leftovers(): { readonly open: number; readonly inFlight: number };
}

export async function openProxied(
  toxics: readonly Toxic[] = [],
  config: Partial<ShardrockConfig> = {},
): Promise<Proxied> {
  const fleet = await startSimulatedFleet({
    accounts: [{ id: "111111111111", tokensPerMinute: { "us-east-1": 20_000_000 } }],
    limiter: "bucket100",
    model: { serviceMs: () => 1, firstTokenMs: 0, deltasPerStream: 4 },
  });
  const proxy = await startFaultProxy({ upstreamPort: fleet.aws.port, toxics });
  const { hostCredentials } = fleet;
  const endpoints = { ...fleet.config.endpoints, bedrockRuntime: proxy.url };
  const client = new ShardedBedrockRuntime({ ...fleet.config, endpoints, ...config }, { hostCredentials });
  const events: RouterEvent[] = [];
  client.onEvent((event) => events.push(event));
  return {
    proxy,
    events,
    client,
    converse: () => outcomeOf(async () => wholeness(await client.send(new ConverseCommand(input)))),
    stream: () => outcomeOf(async () => wholenessOf((await client.converseStream(input)).stream ?? [])),
    leftovers() {
      const { quotas, inFlight } = client.snapshot();
      return { open: quotas.reduce((sum, { open }) => sum + open, 0), inFlight };
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await proxy[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

async function outcomeOf(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    return { kind: "error", error };
  }
}

function wholeness({ output, stopReason }: ConverseCommandOutput): Outcome {
  const text = output?.message?.content?.map((block) => block.text ?? "").join("") ?? "";
  const isWhole = countWordTokens(text) === outputTokens && stopReason === "end_turn";
  return { kind: isWhole ? "whole" : "short", what: `${countWordTokens(text)} tokens, ${stopReason}` };
}

async function wholenessOf(
  stream: AsyncIterable<ConverseStreamOutput> | Iterable<ConverseStreamOutput>,
): Promise<Outcome> {
  let text = "";
  const kinds: string[] = [];
  for await (const event of stream) {
    kinds.push(Object.keys(event)[0] ?? "");
    text += event.contentBlockDelta?.delta?.text ?? "";
  }
  const starts = kinds.filter((kind) => kind === "messageStart").length;
  const isWhole = countWordTokens(text) === outputTokens && kinds.includes("messageStop") && starts === 1;
  return { kind: isWhole ? "whole" : "short", what: kinds.join() };
}
