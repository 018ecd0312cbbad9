import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { type ShardrockConfig, ShardedBedrockRuntime } from "@shardrock/core";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { Agent } from "node:https";

/** Sends one call and checks its answer. */
export type Caller = () => Promise<void>;

export interface Callers {
  /** `BedrockRuntimeClient` as it comes. */
  readonly shipped: Caller;
  /** The same with one HTTP/1.1 handler that keeps its connections. */
  readonly keepAlive: Caller;
  readonly sharded: Caller;
}

const modelId = "us.anthropic.claude-chat";
const credentials = { accessKeyId: "AKIABENCH", secretAccessKey: "made-up", sessionToken: "token".repeat(100) };

/** The three clients, with the same options wherever the SDK takes them. */
export function makeCallers(url: string): Callers {
  const options = { region: "us-east-1", endpoint: url, credentials, maxAttempts: 1 };
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 1024 });
  const requestHandler = new NodeHttpHandler({ httpsAgent: agent, connectionTimeout: 5_000 });
  const shipped = new BedrockRuntimeClient(options);
  const keepAlive = new BedrockRuntimeClient({ ...options, requestHandler });
  const sharded = new ShardedBedrockRuntime(fleetOf(url, 4, 3), { hostCredentials: credentials });
  return {
    shipped: () => call(shipped, modelId),
    keepAlive: () => call(keepAlive, modelId),
    sharded: () => call(sharded, "chat"),
  };
}

/** So many accounts, each in so many Regions, with quotas that never fill. */
export function fleetOf(url: string, accounts: number, regions: number): ShardrockConfig {
  const names = ["us-east-1", "us-east-2", "us-west-2"].slice(0, regions);
  return {
    accounts: Array.from({ length: accounts }, (_, index) => {
      const id = String(100_000_000_000 + index);
      return { id, roleArn: `arn:aws:iam::${id}:role/shardrock`, trust: "same-org", regions: names };
    }),
    models: {
      chat: {
        servedBy: [{ id: modelId, destinations: names }],
        quotas: { tokensPerMinute: 1e9 },
        burndown: 1,
        maxOutputTokens: 64_000,
      },
    },
    residency: { allowedRegions: names },
    endpoints: { bedrockRuntime: url, sts: url },
  };
}

const text = "word ".repeat(400);

/** A prompt of 2 KB. */
export function prompt(model: string): ConverseCommand {
  return new ConverseCommand({
    modelId: model,
    messages: [{ role: "user", content: [{ text }] }],
    inferenceConfig: { maxTokens: 500 },
  });
}

async function call(client: { send: BedrockRuntimeClient["send"] }, model: string): Promise<void> {
  const { usage } = await client.send(prompt(model));
  if (usage?.outputTokens !== 200) throw new Error("an answer went wrong");
}
