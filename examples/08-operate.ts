/** Operating a client under load: drain and resume an account, exchange the config, close. No call fails. */
import { setImmediate } from "node:timers/promises";
import { ShardedBedrockRuntime } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";

const [first, second] = ["111111111111", "222222222222"];
await using fleet = await startSimulatedFleet({
  accounts: [first, second].map((id) => ({ id, tokensPerMinute: { "us-east-1": 2_000_000 } })),
  speed: 10,
});
const client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });
client.onEvent((event) => {
  if ("scope" in event) console.log(`[${event.kind}: ${event.scope}]`);
});

const question = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "Name three rivers." }] }],
  inferenceConfig: { maxTokens: 50 },
};

/** Twenty calls at once, and the accounts that served them. */
async function callMany(): Promise<string> {
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.converse(question)));
  return [...new Set(answers.map((answer) => answer.$metadata.shardrock.accountId))].toSorted().join(" and ");
}

const underWay = callMany();
await client.drain(first, "its role is being replaced");
console.log(`drained: served by ${await callMany()}`);
client.resume(first);
console.log(`resumed: served by ${await callMany()}`);

// With AWS: client.reload(await loadConfig("router.yaml"));
client.reload({
  ...fleet.config,
  accounts: fleet.config.accounts.map((account) => ({ ...account, drained: account.id === second })),
});
console.log(`reloaded: served by ${await callMany()}`);

const last = callMany();
await setImmediate(); // what has not started yet is refused
await client.close({ timeoutMs: 5_000 });
console.log(`closed: ${(await Promise.allSettled([underWay, last])).map(({ status }) => status).join(", ")}`);
