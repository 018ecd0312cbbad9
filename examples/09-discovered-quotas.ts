/** Account ids, a role's name and a model's, and no numbers: limits and profiles are found out, and followed when they change. */
import { ShardedBedrockRuntime } from "@shardrock/core";
import { pollCost, serviceQuotas } from "@shardrock/quotas";
import { startSimulatedFleet } from "@shardrock/simulator";

const [first, second, third] = ["111111111111", "222222222222", "333333333333"];
await using fleet = await startSimulatedFleet({
  accounts: [
    { id: first, tokensPerMinute: { "us-east-1": 400_000 } },
    { id: second, tokensPerMinute: { "us-east-1": 200_000 } },
    { id: third, tokensPerMinute: { "us-east-1": 0 } },
  ],
  discovery: {},
});
console.log("config:", JSON.stringify({ accounts: fleet.bareConfig.accounts, models: fleet.bareConfig.models }));
await using client = new ShardedBedrockRuntime(fleet.bareConfig, {
  hostCredentials: fleet.hostCredentials,
  // With AWS a minute or more; here nobody wants to wait so long.
  quotas: serviceQuotas({ pollMs: 1_000 }),
});
let heard = (): void => undefined;
const changed = new Promise<void>((resolve) => (heard = resolve));
client.onEvent((event) => {
  if (event.kind === "quota-change" && event.change === "limit") heard();
  if (event.kind === "quota-change" && event.region === "us-east-1") console.log(`[${event.change}] ${event.message}`);
});

/** Thirty calls at once, and how many each account served. */
async function callMany(): Promise<string> {
  const ask = () =>
    client.converse({
      modelId: "chat",
      messages: [{ role: "user", content: [{ text: "Name three rivers." }] }],
      inferenceConfig: { maxTokens: 200 },
    });
  const answers = await Promise.all(Array.from({ length: 30 }, ask));
  const served = answers.map((answer) => answer.$metadata.shardrock);
  const counts = [first, second, third].map((id) => served.filter(({ accountId }) => accountId === id).length);
  return `${counts.join(" + ")} calls by ${[...new Set(served.map(({ modelId }) => modelId))].join(", ")}`;
}

console.log(`found: ${await callMany()}`);
const shown = client
  .snapshot()
  .quotas.filter(({ key }) => key.includes("/us-east-1/") && key.endsWith("/tokens/minute"));
console.table(shown.map(({ key, limit }) => ({ key, limit })));

fleet.changeQuota({ accountId: first, region: "us-east-1" }, { tokensPerMinute: 40_000 });
await changed;
console.log(`cut to a tenth: ${await callMany()}`);

console.log("what it asks for 50 accounts in 4 Regions:");
console.table(
  pollCost({ accounts: 50, regions: 4 }).map(({ api, callsPerHour, callsPerSecond, perSecond, isPublished }) => ({
    api,
    "per hour, all": callsPerHour,
    "per second, each": Number(callsPerSecond.toFixed(4)),
    "rate, each": `${perSecond}/s${isPublished ? "" : " (ours)"}`,
  })),
);
