import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelSessionPolicy, type PolicyTarget } from "./model-session-policy.ts";

const account = "111111111111";
const app = `arn:aws:bedrock:us-east-1:${account}:application-inference-profile/abc`;
const own = `arn:aws:bedrock:us-east-1:${account}:provisioned-model/xyz`;
const invoke = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

function on(modelId: string, ...regions: string[]): PolicyTarget[] {
  return regions.map((region) => ({ accountId: account, region, endpoint: "runtime", modelId }));
}

function read(targets: readonly PolicyTarget[]): Record<string, unknown>[] {
  return JSON.parse(modelSessionPolicy(targets)).Statement;
}

const guarding = {
  Effect: "Allow",
  Action: "bedrock:ApplyGuardrail",
  Resource: `arn:aws:bedrock:*:${account}:guardrail*/*`,
};

describe("a session policy for an account's models", () => {
  it("lets a profile be called in its source Regions, and models by that profile only", () => {
    const policy = read(on("us.anthropic.claude-sonnet-4-6", "us-west-2", "us-east-1"));
    const regions = { StringEquals: { "aws:RequestedRegion": ["us-east-1", "us-west-2"] } };
    const model = "arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-6";

    expect(policy).toEqual([
      {
        Effect: "Allow",
        Action: invoke,
        Resource: [`arn:aws:bedrock:*:${account}:inference-profile/us.anthropic.claude-sonnet-4-6`],
        Condition: regions,
      },
      {
        Effect: "Allow",
        Action: invoke,
        Resource: ["arn:aws:bedrock:*::foundation-model/*"],
        Condition: {
          StringLike: { "bedrock:InferenceProfileArn": `arn:aws:bedrock:*:${account}:*inference-profile/*` },
        },
      },
      { Effect: "Allow", Action: "bedrock:CountTokens", Resource: [model], Condition: regions },
      guarding,
    ]);
  });

  it("allows the leg without a Region to global profiles, and to those only", () => {
    const behind = (modelId: string) => read(on(modelId, "us-east-1"))[1]?.["Resource"];

    expect(behind("global.anthropic.claude-sonnet-4-6")).toEqual([
      "arn:aws:bedrock:*::foundation-model/*",
      "arn:aws:bedrock:::foundation-model/*",
    ]);
    expect(behind("eu.anthropic.claude-sonnet-4-6")).toHaveLength(1);
  });

  it("lets a model without a profile be called where it is served", () => {
    const [calling, ...rest] = read(on("amazon.nova-pro-v1:0", "us-east-1"));

    expect(calling?.["Resource"]).toEqual(["arn:aws:bedrock:*::foundation-model/amazon.nova-pro-v1:0"]);
    expect(calling?.["Condition"]).toEqual({ StringEquals: { "aws:RequestedRegion": ["us-east-1"] } });
    expect(rest).toHaveLength(2);
  });

  it("keeps the Regions of one model from another's", () => {
    const [one, other] = read([
      ...on("amazon.nova-pro-v1:0", "us-east-1"),
      ...on("meta.llama3-70b-instruct-v1:0", "us-west-2"),
    ]);

    expect(one).toMatchObject({
      Resource: ["arn:aws:bedrock:*::foundation-model/amazon.nova-pro-v1:0"],
      Condition: { StringEquals: { "aws:RequestedRegion": ["us-east-1"] } },
    });
    expect(other).toMatchObject({
      Resource: ["arn:aws:bedrock:*::foundation-model/meta.llama3-70b-instruct-v1:0"],
      Condition: { StringEquals: { "aws:RequestedRegion": ["us-west-2"] } },
    });
  });

  it("lets an account's own profile hand calls to a model its ARN does not name, by that profile only", () => {
    const [calling, behind, ...rest] = read(on(app, "us-east-1"));

    expect(calling?.["Resource"]).toEqual([app]);
    expect(behind).toMatchObject({
      Resource: ["arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:::foundation-model/*"],
      Condition: { StringLike: { "bedrock:InferenceProfileArn": expect.any(String) } },
    });
    expect(rest).toEqual([guarding]);
  });

  it("names an account's own model as it is", () => {
    expect(read(on(own, "us-east-1"))[0]?.["Resource"]).toEqual([own]);
  });

  it("reads the ARN of a profile or model as its id", () => {
    const arn = `arn:aws:bedrock:us-east-1:${account}:inference-profile/us.anthropic.claude-sonnet-4-6`;

    expect(modelSessionPolicy(on(arn, "us-east-1"))).toBe(
      modelSessionPolicy(on("us.anthropic.claude-sonnet-4-6", "us-east-1")),
    );
    expect(
      modelSessionPolicy(on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "us-east-1")),
    ).toBe(modelSessionPolicy(on("amazon.nova-pro-v1:0", "us-east-1")));
  });

  it("lets bedrock-mantle be called in its Regions, and the runtime not for it", () => {
    const mantle: PolicyTarget = {
      accountId: account,
      region: "us-east-1",
      endpoint: "mantle",
      modelId: "openai.gpt-oss-120b",
    };

    expect(read([mantle])).toEqual([
      {
        Effect: "Allow",
        Action: "bedrock-mantle:CreateInference",
        Resource: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": ["us-east-1"] } },
      },
    ]);
  });

  it("speaks of the partition of the Region", () => {
    const text = modelSessionPolicy(on("us-gov.anthropic.claude-sonnet-4-6", "us-gov-west-1"));

    expect(text).toContain("arn:aws-us-gov:bedrock:*:111111111111:inference-profile/us-gov.");
    expect(text).not.toContain("arn:aws:");
  });

  it("lets an account that serves nothing do nothing", () => {
    expect(read([])).toEqual([{ Effect: "Deny", Action: "*", Resource: "*" }]);
  });

  it("fits what banks have: four models by geo and global profiles in four Regions", () => {
    const models = ["opus-4-8", "sonnet-4-6", "haiku-4-5", "sonnet-5"].map((name) => `anthropic.claude-${name}`);
    const targets = models.flatMap((model) =>
      ["us", "global"].flatMap((prefix) =>
        on(`${prefix}.${model}`, "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
      ),
    );

    expect(modelSessionPolicy(targets).length).toBeLessThanOrEqual(2048);
  });

  it("says so when STS would not take it", () => {
    const many = Array.from({ length: 40 }, (_, number) => on(`us.anthropic.claude-${number}`, "us-east-1")).flat();

    expect(() => modelSessionPolicy(many)).toThrow(
      expect.objectContaining({ code: "config-invalid", message: expect.stringMatching(/111111111111.*2048/) }),
    );
  });

  it.each([
    `arn:aws:bedrock:us-east-1:${account}:default-prompt-router/anthropic.claude:1`,
    `arn:aws:bedrock:us-east-1:${account}:prompt/ABC`,
  ])("is refused for %s, which does not say what it calls", (modelId) => {
    expect(() => modelSessionPolicy(on(modelId, "us-east-1"))).toThrow(
      expect.objectContaining({ code: "config-invalid" }),
    );
  });

  it("is the same text for the same targets in whatever order, so that they share a session", () => {
    const targets = fc.subarray([
      ...on("us.anthropic.claude-sonnet-4-6", "us-east-1", "us-west-2"),
      ...on("global.anthropic.claude-sonnet-4-6", "us-east-1"),
      ...on("amazon.nova-pro-v1:0", "us-east-1", "us-east-2"),
      ...on(app, "us-east-1"),
    ]);
    fc.assert(
      fc.property(targets, (some) => {
        expect(modelSessionPolicy(some.toReversed())).toBe(modelSessionPolicy(some));
      }),
    );
  });
});
