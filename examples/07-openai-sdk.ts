/** The OpenAI SDK, on both endpoints of Bedrock: one `fetch` for `bedrock-runtime` and `bedrock-mantle`. */
import { createRoutedFetch, ShardedBedrockRuntime } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";
import { BedrockOpenAI } from "openai";

// The model is on both endpoints, each with quotas of its own, so that one account has room twice.
await using fleet = await startSimulatedFleet({
  accounts: [
    {
      id: "111111111111",
      tokensPerMinute: { "us-east-1": 200_000 },
      mantle: { "us-east-1": { inputTokensPerMinute: 200_000, outputTokensPerMinute: 100_000 } },
    },
  ],
  speed: 40,
});
await using client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });
client.onEvent((event) => {
  if (event.kind === "attempt-end") console.log(`\n[${event.operation} served by bedrock-${event.endpoint}]`);
});

const openai = new BedrockOpenAI({ apiKey: "unused", awsRegion: "us-east-1", fetch: createRoutedFetch(client) });
const asked = { model: "chat", max_completion_tokens: 200 };

const { data, response } = await openai.chat.completions
  .create({ ...asked, messages: [{ role: "user", content: "Name three rivers." }] })
  .withResponse();
console.log(data.choices[0]?.message.content);
console.log(
  `served by account ${response.headers.get("x-shardrock-account")} in ${response.headers.get("x-shardrock-region")}`,
);

const messages = [{ role: "user" as const, content: "Tell me a short story." }];
for await (const chunk of await openai.chat.completions.create({ ...asked, messages, stream: true })) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}

// Two at once: what the one books on an endpoint makes the other endpoint the better place.
await Promise.all([1, 2].map(() => openai.chat.completions.create({ ...asked, messages })));
