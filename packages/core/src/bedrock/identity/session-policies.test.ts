import { describe, expect, it } from "vitest";
import type { AccountInput } from "../config/account.ts";
import { parseConfig } from "../config/parse.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";
import { buildFleet } from "../fleet/build-fleet.ts";
import { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { FakeAws } from "../testing/fake-aws.test.kit.ts";
import { sessionPolicies } from "./session-policies.ts";

const [one, other] = ["111111111111", "222222222222"];

function configOf(change: Partial<AccountInput>, models?: ShardrockConfig["models"]): ShardrockConfig {
  return exampleConfig({ accounts: [exampleAccount(1, change), exampleAccount(2)], ...(models && { models }) });
}

function policyOf(config: ShardrockConfig, accountId: string): string | undefined {
  const fleet = buildFleet(parseConfig(config));
  const account = fleet.accounts.get(accountId);
  return account && sessionPolicies(fleet)(account);
}

describe("the session policies of a fleet", () => {
  it("are made of what an account serves, and of nothing of the others", () => {
    const policy = policyOf(configOf({ sessionPolicy: "models" }), one);

    expect(policy).toContain(`${one}:inference-profile/us.anthropic.claude-sonnet-4-6`);
    expect(policy).not.toContain(other);
  });

  it("are what the config says, and none when it says nothing", () => {
    const config = configOf({ sessionPolicy: '{"Version":"2012-10-17","Statement":[]}' });

    expect(policyOf(config, one)).toBe('{"Version":"2012-10-17","Statement":[]}');
    expect(policyOf(config, other)).toBeUndefined();
  });

  it("let tokens be counted for a model that only the config names", () => {
    const id = `arn:aws:bedrock:us-east-1:${one}:application-inference-profile/abc`;
    const served = { id, baseModel: "us.anthropic.claude-sonnet-4-6", destinations: ["us-east-1", "us-west-2"] };
    const config = configOf({ sessionPolicy: "models" }, { sonnet: exampleModel({ servedBy: [served] }) });

    const statements: { Action: unknown }[] = JSON.parse(policyOf(config, one) ?? "{}").Statement;

    expect(statements.find(({ Action }) => Action === "bedrock:CountTokens")).toMatchObject({
      Resource: ["arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-6"],
      Condition: { StringEquals: { "aws:RequestedRegion": ["us-east-1"] } },
    });
  });

  it("let an account without a model apply its guardrails, and no more", () => {
    const id = `arn:aws:bedrock:us-east-1:${other}:provisioned-model/xyz`;
    const served = { id, baseModel: "anthropic.claude-sonnet-4-6" };
    const config = configOf({ sessionPolicy: "models" }, { sonnet: exampleModel({ servedBy: [served] }) });

    expect(JSON.parse(policyOf(config, one) ?? "{}").Statement).toEqual([
      { Effect: "Allow", Action: "bedrock:ApplyGuardrail", Resource: `arn:aws:bedrock:*:${one}:guardrail*/*` },
    ]);
  });

  it("go with every AssumeRole of the account", async () => {
    const aws = new FakeAws();
    const config = exampleConfig({ accounts: [exampleAccount(1, { sessionPolicy: "models" })] });
    const hostCredentials = { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" };
    const client = new ShardedBedrockRuntime(config, { hostCredentials, requestHandler: aws.handler });

    await client.converse({ modelId: "sonnet", messages: [{ role: "user", content: [{ text: "hello" }] }] });

    expect(new URLSearchParams(aws.sts[0]?.body).get("Policy")).toBe(policyOf(config, one));
  });

  it("are a problem of the config when they cannot be made, before any call", () => {
    const models = Object.fromEntries(
      Array.from({ length: 40 }, (_, number) => [
        `m${number}`,
        exampleModel({
          servedBy: [{ id: `us.anthropic.claude-${number}`, destinations: ["us-east-1"] }],
          maxOutputTokens: 9,
        }),
      ]),
    );

    expect(() => new ShardedBedrockRuntime(configOf({ sessionPolicy: "models" }, models))).toThrow(
      expect.objectContaining({
        code: "config-invalid",
        message: expect.stringMatching(/accounts\[0\]\.sessionPolicy: .*111111111111.*2048/),
      }),
    );
  });
});
