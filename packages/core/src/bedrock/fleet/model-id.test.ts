import { describe, expect, it } from "vitest";
import { profilePrefixes, providers } from "./id-words.ts";
import { readModelId } from "./model-id.ts";

const arn = (kind: string): string => `arn:aws:bedrock:us-east-1:111111111111:${kind}`;

describe("a model id", () => {
  it.each([
    ["amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "on-demand", true],
    ["openai.gpt-5.6-sol", "openai.gpt-5.6-sol", "on-demand", true],
    ["us.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "geo", false],
    ["us-gov.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "geo", false],
    ["apac.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "geo", false],
    ["us.openai.gpt-5.6-sol", "openai.gpt-5.6-sol", "geo", false],
    ["global.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "global", false],
    ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "on-demand", true],
    [arn("inference-profile/eu.amazon.nova-pro-v1:0"), "amazon.nova-pro-v1:0", "geo", false],
  ])("%s spends the quota of %s, %s", (id, baseModelId, scope, staysInRegion) => {
    expect(readModelId(id)).toMatchObject({ kind: "model-id", baseModelId, scope, staysInRegion });
  });

  it.each([
    ["a geography that is not on the list yet", "uk.anthropic.claude-sonnet-4-6"],
    ["a provider that is not on the list yet", "newcomer.model-v1:0"],
    ["two words nobody knows", "foo.bar.baz"],
    ["a profile whose name looks like a plain model", arn("inference-profile/amazon.nova-pro-v1:0")],
  ])("never claims to stay in its Region when it is of %s", (_, id) => {
    expect(readModelId(id)).toMatchObject({ staysInRegion: false });
  });

  it("of a new geography shares the quota of its base model", () => {
    expect(readModelId("uk.anthropic.claude-sonnet-4-6")).toMatchObject({
      baseModelId: "anthropic.claude-sonnet-4-6",
      scope: "geo",
    });
  });

  it.each([
    ["anthropic.claude-sonnet-4-6", "on-demand"],
    ["us.anthropic.claude-sonnet-4-6", "geo"],
    ["global.anthropic.claude-sonnet-4-6", "global"],
  ])(
    "of an application profile made from %s spends its %s quota, in its own account and Region",
    (baseModel, scope) => {
      expect(readModelId(arn("application-inference-profile/abc"), baseModel)).toMatchObject({
        baseModelId: "anthropic.claude-sonnet-4-6",
        scope,
        staysInRegion: false,
        accountId: "111111111111",
        region: "us-east-1",
      });
    },
  );

  it.each([
    "",
    "claude",
    "arn:aws:bedrock",
    arn("guardrail/x"),
    arn("constructor/x"),
    "arn:aws:bedrock:us-east-1::provisioned-model/x",
    "arn:aws:bedrock:us-east-1::inference-profile/us.amazon.nova-pro-v1:0",
    "a".repeat(3000),
    "a. b",
  ])("is not %j", (id) => {
    expect(readModelId(id)).toMatchObject({ kind: "problem", option: "id" });
  });
});

describe("an ARN that does not name its model", () => {
  const base = "us.anthropic.claude-sonnet-4-6";
  const baseModelId = "anthropic.claude-sonnet-4-6";

  it.each(["provisioned-model/abc", "imported-model/abc", "custom-model-deployment/abc"])(
    "of a %s stays in its Region, under quotas of its own",
    (kind) => {
      expect(readModelId(arn(kind), base)).toEqual({
        kind: "model-id",
        baseModelId,
        scope: "dedicated",
        quotaOwner: arn(kind),
        profileType: "single",
        staysInRegion: true,
        accountId: "111111111111",
        region: "us-east-1",
      });
    },
  );

  it.each([
    "prompt-router/abc",
    "default-prompt-router/anthropic.claude:1",
    "prompt/ABCDEFGHIJ",
    "prompt/ABCDEFGHIJ:1",
  ])("of a %s shares the quota of what is behind it, and may run wherever that runs", (kind) => {
    expect(readModelId(arn(kind), base)).toEqual({
      kind: "model-id",
      baseModelId,
      scope: "geo",
      quotaOwner: baseModelId,
      profileType: "geo",
      staysInRegion: false,
      accountId: "111111111111",
      region: "us-east-1",
    });
    expect(readModelId(arn(kind), baseModelId)).toMatchObject({ profileType: "single", staysInRegion: false });
  });

  it("of an application profile is reached as one", () => {
    expect(readModelId(arn("application-inference-profile/abc"), base)).toMatchObject({
      profileType: "application",
      scope: "geo",
      quotaOwner: baseModelId,
    });
  });

  it.each([undefined, "abc", arn("prompt/abc"), "a".repeat(3000)])(
    "needs a model behind it, and %j is none",
    (behind) => {
      expect(readModelId(arn("prompt/abc"), behind)).toMatchObject({ kind: "problem", option: "baseModel" });
    },
  );
});

describe("the words that place an id", () => {
  it.each([
    ["profile prefixes", profilePrefixes],
    ["providers", providers],
  ])("are data with source and date: %s", (_, { words, source, readOn }) => {
    expect(words.size).toBeGreaterThan(5);
    expect(source).not.toBe("");
    expect(readOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it("only take trust away: no prefix of a geography, known or not, makes an id stay in its Region", () => {
    for (const prefix of [...profilePrefixes.words, "global", "uk", "xx"]) {
      for (const provider of [...providers.words, "newcomer"]) {
        expect(readModelId(`${prefix}.${provider}.model`)).toMatchObject({ staysInRegion: false });
      }
    }
    expect([...profilePrefixes.words].filter((word) => providers.words.has(word))).toEqual([]);
  });
});
