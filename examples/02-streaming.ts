/** A stream: it settles with what it really used, and leaving it early stops it upstream. */
import { ShardedBedrockRuntime } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";

await using fleet = await startSimulatedFleet({
  accounts: [{ id: "111111111111", tokensPerMinute: { "us-east-1": 200_000, "us-west-2": 200_000 } }],
  speed: 4,
});
await using client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });
client.onEvent((event) => {
  if (event.kind === "attempt-end") console.log(`\n[attempt at ${event.region} ${event.booking}]`);
});

const question = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "Tell me a story." }] }],
  inferenceConfig: { maxTokens: 300 },
};

const whole = await client.converseStream(question);
for await (const event of whole.stream ?? []) {
  process.stdout.write(event.contentBlockDelta?.delta?.text ?? "");
  if (event.metadata) console.log(`\nused ${event.metadata.usage?.totalTokens} tokens`);
}

const cut = await client.converseStream(question);
for await (const event of cut.stream ?? []) {
  if (event.contentBlockDelta) break; // AWS bills the rest all the same, so the hold is kept
}
