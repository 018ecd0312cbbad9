import { describe, expect, it } from "vitest";
import { exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { configHash } from "./config-hash.ts";
import { parseConfig } from "./parse.ts";
import type { ShardrockConfig } from "./shardrock-config.ts";

const hashOf = (config: ShardrockConfig): string => configHash(parseConfig(config));

describe("the hash of a config", () => {
  it("is the same in whatever order the config was written", () => {
    const { accounts, models, ...rest } = exampleConfig({ models: { one: exampleModel(), two: exampleModel() } });
    const turned = Object.fromEntries(Object.entries(models).toReversed());

    expect(hashOf({ ...rest, models: turned, accounts })).toBe(hashOf({ accounts, models, ...rest }));
    expect(hashOf(exampleConfig())).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is another for another rule, and for other accounts", () => {
    const config = exampleConfig();
    const others = [
      { ...config, residency: { allowedRegions: "anywhere" as const } },
      { ...config, instances: 2 },
      { ...config, accounts: config.accounts.map((account) => ({ ...account, weight: 2 })) },
      { ...config, models: { other: Object.values(config.models)[0] ?? { servedBy: [] } } },
    ];

    expect(new Set([config, ...others].map(hashOf)).size).toBe(others.length + 1);
  });

  it("tells nothing of external ids", () => {
    const config = exampleConfig();
    const accounts = config.accounts.map((account) => ({ ...account, externalId: "another-secret" }));

    expect(hashOf({ ...config, accounts })).toBe(hashOf(config));
  });
});
