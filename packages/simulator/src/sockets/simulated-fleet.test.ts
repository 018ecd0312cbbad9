import { ShardedBedrockRuntime } from "@shardrock/core";
import { expect, it } from "vitest";
import { signedFetch } from "./signed-fetch.test.kit.ts";
import { type SimulatedFleet, startSimulatedFleet } from "./simulated-fleet.ts";

const one = "111111111111";
const two = "222222222222";
const mantle = { "eu-west-1": { inputTokensPerMinute: 40_000, outputTokensPerMinute: 8_000 } };

/** A chat on an endpoint, as a user of an account. */
async function chat(fleet: SimulatedFleet, accountId: string, model: string): Promise<number> {
  const credentials = fleet.accountCredentials.get(accountId);
  if (credentials === undefined) throw new Error(`no account ${accountId}`);
  const response = await signedFetch(credentials, {
    url: `${fleet.aws.url}/openai/v1/chat/completions`,
    body: { model, messages: [{ role: "user", content: "hello" }], max_tokens: 9_000, metadata: { outputTokens: 3 } },
    service: model === fleet.mantleModelId ? "bedrock-mantle" : "bedrock",
  });
  return response.status;
}

it("gives accounts mantle quotas of their own", async () => {
  await using fleet = await startSimulatedFleet({
    accounts: [
      { id: one, tokensPerMinute: { "eu-west-1": 40_000 }, mantle },
      { id: two, tokensPerMinute: { "eu-west-1": 40_000 } },
    ],
    speed: 100,
  });

  const model = fleet.mantleModelId;

  expect(await chat(fleet, one, model)).toBe(200);
  expect(await chat(fleet, one, fleet.modelId)).toBe(200);
  expect(await chat(fleet, two, model)).toBe(404);
  expect(await chat(fleet, two, fleet.modelId)).toBe(200);
});

it("writes a config that says which accounts and Regions have mantle, and with what quotas", async () => {
  await using fleet = await startSimulatedFleet({
    accounts: [
      { id: one, tokensPerMinute: { "eu-west-1": 40_000, "eu-north-1": 20_000 }, mantle },
      { id: two, tokensPerMinute: { "eu-west-1": 30_000 } },
    ],
  });

  expect(fleet.config.endpoints).toEqual({
    bedrockRuntime: fleet.aws.url,
    bedrockMantle: fleet.aws.url,
    sts: fleet.aws.url,
  });
  expect(fleet.config.models["chat"]?.servedBy).toEqual([
    { id: fleet.modelId, destinations: ["eu-west-1", "eu-north-1"] },
    { id: fleet.mantleModelId, endpoint: "mantle", accounts: [one], regions: ["eu-west-1"] },
  ]);
  expect(fleet.config.models["chat"]?.quotas?.overrides).toEqual([
    { account: one, region: "eu-west-1", tokensPerMinute: 40_000, ...mantle["eu-west-1"] },
    { account: one, region: "eu-north-1", tokensPerMinute: 20_000 },
    { account: two, region: "eu-west-1", tokensPerMinute: 30_000 },
  ]);
});

it.each([
  ["runtime only", [{ id: one, tokensPerMinute: { "eu-west-1": 40_000 } }]],
  ["mantle beside runtime", [{ id: one, tokensPerMinute: { "eu-west-1": 40_000 }, mantle }]],
  [
    "mantle in a Region of its own",
    [
      { id: one, tokensPerMinute: { "eu-north-1": 40_000 }, mantle },
      { id: two, tokensPerMinute: { "eu-west-1": 40_000 } },
    ],
  ],
  ["mantle only", [{ id: one, tokensPerMinute: {}, mantle }]],
])("writes a config that a client takes: %s", async (_, accounts) => {
  await using fleet = await startSimulatedFleet({ accounts });

  await using client = new ShardedBedrockRuntime(fleet.config);

  expect(client).toBeDefined();
});
