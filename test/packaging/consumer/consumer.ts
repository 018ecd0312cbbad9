// Compiled, not run: the published types under an older compiler.
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { parseConfig, servedBy, ShardedBedrockRuntime, ShardrockError, type ShardrockConfig } from "@shardrock/core";
import { QuotaLearner } from "@shardrock/core/book";
import { startSimulatedFleet } from "@shardrock/simulator";

export const learner: QuotaLearner = new QuotaLearner(60_000_000);

export async function use(config: ShardrockConfig): Promise<string | undefined> {
  const fleet = await startSimulatedFleet({ accounts: [{ id: "111111111111", tokensPerMinute: { "us-east-1": 1 } }] });
  const client = new ShardedBedrockRuntime(parseConfig(config), { hostCredentials: fleet.hostCredentials });
  const plain: BedrockRuntimeClient = client;
  void plain;
  try {
    const answer = await client.converse({ modelId: "chat", messages: [] });
    return servedBy(answer)?.accountId ?? answer.$metadata.shardrock.region;
  } catch (error) {
    if (error instanceof ShardrockError) return error.code;
    throw error;
  }
}
