/** Anthropic's Bedrock SDK: `skipAuth`, and a `fetch` that signs with the accounts of the config. */
import AnthropicBedrock from "@anthropic-ai/bedrock-sdk";
import { createRoutedFetch, ShardedBedrockRuntime } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";

await using fleet = await startSimulatedFleet({
  accounts: [
    { id: "111111111111", tokensPerMinute: { "us-east-1": 200_000 } },
    { id: "222222222222", tokensPerMinute: { "us-west-2": 400_000 } },
  ],
  speed: 40,
});
await using client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });

const anthropic = new AnthropicBedrock({ skipAuth: true, awsRegion: "us-east-1", fetch: createRoutedFetch(client) });
const asked = { model: "chat", max_tokens: 200 };

const { data, response } = await anthropic.messages
  .create({ ...asked, messages: [{ role: "user", content: "Name three rivers." }] })
  .withResponse();
console.log(data.content.map((block) => (block.type === "text" ? block.text : "")).join(""));
console.log(
  `served by account ${response.headers.get("x-shardrock-account")} in ${response.headers.get("x-shardrock-region")}`,
);

const stream = anthropic.messages.stream({ ...asked, messages: [{ role: "user", content: "Tell me a short story." }] });
stream.on("text", (part) => process.stdout.write(part));
await stream.finalMessage();
console.log();
