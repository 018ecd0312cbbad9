import { describe, expect, it } from "vitest";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { configHash } from "./config-hash.ts";
import { configJsonSchema } from "./json-schema.ts";
import { type Config, parseConfig } from "./parse.ts";
import type { ShardrockConfig } from "./shardrock-config.ts";

const us = ["us-east-1", "us-east-2", "us-west-2"];
const bare = [{ id: "111111111111" }, { id: "222222222222" }];

const parsed = (change: Partial<ShardrockConfig>): Config => parseConfig(exampleConfig(change));

describe("a role that all accounts share by name", () => {
  it("is each account's own, in its own account", () => {
    const { accounts } = parsed({ accounts: bare, role: { name: "platform/shardrock", trust: "same-org" } });

    expect(accounts.map(({ roleArn, trust }) => [roleArn, trust])).toEqual([
      ["arn:aws:iam::111111111111:role/platform/shardrock", "same-org"],
      ["arn:aws:iam::222222222222:role/platform/shardrock", "same-org"],
    ]);
  });

  it("gives way to what an account says of itself", () => {
    const own = exampleAccount(1, { trust: "external-id", externalId: "of-its-own" });
    const { accounts } = parsed({
      accounts: [own, { id: "222222222222" }, { id: "333333333333", trust: "same-org" }],
      role: { name: "shared", externalId: "of-all" },
    });

    expect(accounts.map(({ roleArn, trust, externalId }) => [roleArn.split("/")[1], trust, externalId])).toEqual([
      ["shardrock", "external-id", "of-its-own"],
      ["shared", "external-id", "of-all"],
      ["shared", "same-org", undefined],
    ]);
  });

  it.each([
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-north-1", "aws-cn"],
    ["eu-west-1", "aws"],
  ])("is an ARN of the partition of %s", (region, partition) => {
    const models = { m: exampleModel({ servedBy: [{ id: "anthropic.claude-sonnet-4-6" }] }) };
    const residency = { allowedRegions: [region] };
    const { accounts } = parsed({ accounts: bare, models, residency, role: { name: "r", trust: "same-org" } });

    expect(accounts[0]?.roleArn).toBe(`arn:${partition}:iam::111111111111:role/r`);
  });

  it("has an ExternalId that no hash and no message tells", () => {
    const role = (externalId: string) => ({ accounts: bare, role: { name: "r", externalId } });

    expect(configHash(parsed(role("one-secret")))).toBe(configHash(parsed(role("two-secret"))));
    expect(() => parsed(role("no spaces!"))).toThrow(/role\.externalId: must be .*, got a value that is not shown/);
  });

  it("must be a name", () => {
    const role = { name: "arn:aws:iam::111111111111:role/r", trust: "same-org" } as const;

    expect(() => parsed({ accounts: bare, role })).toThrow("role.name: must be the name of a role, without the ARN");
  });

  it("may be left out of an account where the schema for editors is asked", () => {
    const { properties } = configJsonSchema() as { properties: { accounts: { items: { required: string[] } } } };

    expect(properties.accounts.items.required).toEqual(["id"]);
  });
});

describe("an account without Regions", () => {
  it("has those where prompts may be processed", () => {
    const { accounts } = parsed({ accounts: bare, role: { name: "r", trust: "same-org" } });

    expect(accounts.map(({ regions }) => regions)).toEqual([us, us]);
  });

  it("is refused where those are anywhere, and so is one without a role", () => {
    const residency = { allowedRegions: "anywhere" } as const;

    expect(() => parsed({ accounts: [{ id: "111111111111", trust: "same-org" }], residency })).toThrow(
      /accounts\[0\]\.roleArn: is missing; .*role: \{ name[^]*accounts\[0\]\.regions: is missing/,
    );
  });
});

describe("a model without ids", () => {
  it("may name itself instead", () => {
    const models = { sonnet: { model: "anthropic.claude-sonnet-4-6" } };

    expect(parsed({ models }).models.get("sonnet")).toEqual({ model: "anthropic.claude-sonnet-4-6", servedBy: [] });
  });

  it.each([
    [{}, "models.m.servedBy: is missing; it must be a list of ids that serve the model, or name the model itself"],
    [
      { ...exampleModel(), model: "anthropic.claude-sonnet-4-6" },
      "models.m.model: must be left out where servedBy names the ids",
    ],
    [{ model: "us.anthropic.claude-sonnet-4-6" }, "models.m.model: must be the id of a foundation model such as"],
    [{ model: "claude" }, "models.m.model: must be the id of a foundation model such as"],
  ])("is refused as %j", (m, problem) => {
    expect(() => parsed({ models: { m } })).toThrow(problem);
  });
});
