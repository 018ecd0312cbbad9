/** One call: Shardrock in place of `BedrockRuntimeClient`, against a simulated AWS of two accounts. */
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { servedBy, ShardedBedrockRuntime } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";

await using fleet = await startSimulatedFleet({
  accounts: [
    { id: "111111111111", tokensPerMinute: { "us-east-1": 200_000 } },
    { id: "222222222222", tokensPerMinute: { "us-west-2": 400_000 } },
  ],
});
// With AWS, `fleet.config` is your own config and `hostCredentials` is left out.
await using client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });

const answer = await client.send(
  new ConverseCommand({
    modelId: "chat",
    messages: [{ role: "user", content: [{ text: "Name three rivers." }] }],
    inferenceConfig: { maxTokens: 200 },
  }),
);

const { accountId, region, requestId, attempts } = answer.$metadata.shardrock;
console.log(answer.output?.message?.content?.[0]?.text);
console.log(`served by account ${accountId} in ${region}, attempt ${attempts}, AWS request ${requestId}`);

// A mistake, on purpose: the error names the models there are.
try {
  await client.converse({ modelId: "chatt", messages: [] });
} catch (error) {
  console.log(
    `${error instanceof Error ? error.message : String(error)} (served by: ${servedBy(error)?.accountId ?? "nobody"})`,
  );
}
