import { describe, expect, it } from "vitest";
import { applicationProfileArn, SimulatedInferenceProfiles } from "./simulated-inference-profiles.ts";

const accountId = "111111111111";
const sonnet = "anthropic.claude-sonnet-4-6";

function destinations(region: string, id: string): readonly string[] | undefined {
  const profile = new SimulatedInferenceProfiles().find({ accountId, region }, id);
  return profile?.modelArns.map((arn) => arn.split(":")[3] ?? "");
}

const us = ["us-east-1", "us-east-2", "us-west-2"];
const eu = ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"];

describe("where a profile's calls may run", () => {
  it.each([
    ["us-east-1", `us.${sonnet}`, us],
    ["us-west-2", `us.${sonnet}`, us],
    ["us-west-1", `us.${sonnet}`, [...us, "us-west-1"]],
    ["ca-central-1", `us.${sonnet}`, [...us, "ca-central-1"]],
    ["eu-west-1", `eu.${sonnet}`, eu],
    ["eu-west-2", `eu.${sonnet}`, [...eu, "eu-west-2"]],
    ["ap-southeast-6", `au.${sonnet}`, ["ap-southeast-2", "ap-southeast-4", "ap-southeast-6"]],
    ["ap-northeast-1", `jp.${sonnet}`, ["ap-northeast-1", "ap-northeast-3"]],
    ["sa-east-1", `global.${sonnet}`, ["sa-east-1", ""]],
    ["eu-west-1", `us.${sonnet}`, undefined],
    ["sa-east-1", `us.${sonnet}`, undefined],
  ])("depends on where they are sent: %s, %s", (region, id, expected) => {
    expect(destinations(region, id)).toEqual(expected);
  });
});

it("names a destination that may be anywhere by an ARN without a Region", () => {
  const profile = new SimulatedInferenceProfiles().find({ accountId, region: "us-east-1" }, `global.${sonnet}`);

  expect(profile?.modelArns).toContain(`arn:aws:bedrock:::foundation-model/${sonnet}`);
});

it("shows an application profile in its account and Region only, by id and ARN, going where the copied one goes", () => {
  const copy = { accountId, region: "us-east-1", id: "abc123def456", name: "team", copyOf: `us.${sonnet}` };
  const profiles = new SimulatedInferenceProfiles({ application: [copy] });
  const arn = `arn:aws:bedrock:us-east-1:${accountId}:application-inference-profile/abc123def456`;

  expect(applicationProfileArn(copy)).toBe(arn);
  expect(profiles.list(copy, "APPLICATION")).toEqual([
    {
      id: "abc123def456",
      arn,
      name: "team",
      type: "APPLICATION",
      modelArns: us.map((region) => `arn:aws:bedrock:${region}::foundation-model/${sonnet}`),
    },
  ]);
  expect(profiles.find(copy, arn)?.id).toBe("abc123def456");
  expect(profiles.list({ ...copy, region: "us-west-2" }, "APPLICATION")).toEqual([]);
  expect(profiles.list({ ...copy, accountId: "222222222222" }, "APPLICATION")).toEqual([]);
  expect(profiles.list(copy, "SYSTEM_DEFINED").some(({ id }) => id === "abc123def456")).toBe(false);
});
