/** LangChain: `ChatBedrockConverse` takes the client as it is. */
import { ChatBedrockConverse } from "@langchain/aws";
import { servedBy, ShardedBedrockRuntime } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";

await using fleet = await startSimulatedFleet({
  accounts: [
    { id: "111111111111", tokensPerMinute: { "us-east-1": 200_000 } },
    { id: "222222222222", tokensPerMinute: { "us-west-2": 400_000 } },
  ],
  speed: 40,
});
await using client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });

// It asks for a Region even with a client; the config's Regions are what counts.
const model = new ChatBedrockConverse({ client, region: "us-east-1", model: "chat", maxTokens: 200 });

const answer = await model.invoke("Name three rivers.");
const { accountId, region } = servedBy({ $metadata: answer.response_metadata["$metadata"] }) ?? {};
console.log(answer.text);
console.log(`served by account ${accountId} in ${region}`);

for await (const part of await model.stream("Tell me a short story.")) process.stdout.write(part.text);
console.log();
