/** Vercel's AI SDK: its Bedrock provider takes a `fetch`. What it signs with is left behind; accounts of the config sign. */
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createRoutedFetch, ShardedBedrockRuntime } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";
import { generateText, streamText } from "ai";

await using fleet = await startSimulatedFleet({
  accounts: [
    { id: "111111111111", tokensPerMinute: { "us-east-1": 200_000 } },
    { id: "222222222222", tokensPerMinute: { "us-west-2": 400_000 } },
  ],
  speed: 40,
});
await using client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });

const bedrock = createAmazonBedrock({ region: "us-east-1", apiKey: "unused", fetch: createRoutedFetch(client) });
// The router waits and moves on by itself, so the AI SDK has nothing to retry.
const asked = { model: bedrock("chat"), maxOutputTokens: 200, maxRetries: 0 };

const { text, response } = await generateText({ ...asked, prompt: "Name three rivers." });
console.log(text);
console.log(
  `served by account ${response.headers?.["x-shardrock-account"]} in ${response.headers?.["x-shardrock-region"]}`,
);

for await (const part of streamText({ ...asked, prompt: "Tell me a short story." }).textStream) {
  process.stdout.write(part);
}
console.log();
