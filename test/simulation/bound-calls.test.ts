import { servedBy, ShardedBedrockRuntime, type ShardrockConfig } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";

const one = "111111111111";
const two = "222222222222";
const accounts = [one, two].map((id) => ({ id, tokensPerMinute: { "us-east-1": 1_000_000 } }));
const guardrails = [
  { accountId: one, region: "us-east-1", id: "first", blockedWords: ["secret"] },
  { accountId: two, region: "us-east-1", id: "second", blockedWords: ["secret"] },
];
const resources = {
  pii: [
    { account: one, id: "first" },
    { account: two, id: "second" },
  ],
};

async function open(change: Partial<ShardrockConfig> = {}) {
  const fleet = await startSimulatedFleet({ accounts, guardrails, speed: 100 });
  const { hostCredentials } = fleet;
  const client = new ShardedBedrockRuntime({ ...fleet.config, ...change }, { hostCredentials, env: {} });
  const close = async (): Promise<void> => {
    client.destroy();
    await fleet[Symbol.asyncDispose]();
  };
  return { client, [Symbol.asyncDispose]: close };
}

const applying = {
  guardrailVersion: "DRAFT",
  source: "INPUT" as const,
  content: [{ text: { text: "a secret" } }],
};

const converseWith = (guardrailIdentifier: string) => ({
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "one two three" }] }],
  inferenceConfig: { maxTokens: 100 },
  guardrailConfig: { guardrailIdentifier, guardrailVersion: "DRAFT" },
});

describe("a guardrail of each account, over real sockets", () => {
  it("is applied under one name in both accounts", async () => {
    await using world = await open({ resources });
    const { client } = world;

    const applied = await Promise.all(
      Array.from({ length: 12 }, () => client.applyGuardrail({ ...applying, guardrailIdentifier: "pii" })),
    );
    const answered = await Promise.all(Array.from({ length: 12 }, () => client.converse(converseWith("pii"))));

    expect(new Set(applied.map(({ action }) => action))).toEqual(new Set(["GUARDRAIL_INTERVENED"]));
    for (const answers of [applied, answered]) {
      expect(new Set(answers.map((answer) => servedBy(answer)?.accountId))).toEqual(new Set([one, two]));
      expect(answers.every((answer) => servedBy(answer)?.attempts === 1)).toBe(true);
    }
  });

  it("is found in its own account by its ARN, at the first try", async () => {
    await using world = await open();
    const arn = `arn:aws:bedrock:us-east-1:${two}:guardrail/second`;

    const answers = [
      await world.client.applyGuardrail({ ...applying, guardrailIdentifier: arn }),
      await world.client.converse(converseWith(arn)),
    ];

    expect(answers.map((answer) => servedBy(answer))).toMatchObject([
      { accountId: two, attempts: 1 },
      { accountId: two, attempts: 1 },
    ]);
  });
});
