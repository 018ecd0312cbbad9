import type { AccountInput } from "../config/account.ts";
import type { ModelInput } from "../config/model.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";

/** An account whose id is one digit repeated. */
export function exampleAccount(digit: number, change: Partial<AccountInput> = {}): AccountInput {
  const id = String(digit).repeat(12);
  return {
    id,
    roleArn: `arn:aws:iam::${id}:role/shardrock`,
    externalId: "an-external-id",
    regions: ["us-east-1", "us-west-2"],
    ...change,
  };
}

/** Sonnet by its US profile: two source Regions, three destinations. */
export function exampleModel(change: Partial<ModelInput> = {}): ModelInput {
  return {
    servedBy: [{ id: "us.anthropic.claude-sonnet-4-6", destinations: ["us-east-1", "us-east-2", "us-west-2"] }],
    quotas: { tokensPerMinute: 2_000_000 },
    ...change,
  };
}

/** Two accounts, two source Regions, one model. */
export function exampleConfig(change: Partial<ShardrockConfig> = {}): ShardrockConfig {
  return {
    accounts: [exampleAccount(1), exampleAccount(2)],
    models: { sonnet: exampleModel() },
    residency: { allowedRegions: ["us-east-1", "us-east-2", "us-west-2"] },
    ...change,
  };
}
