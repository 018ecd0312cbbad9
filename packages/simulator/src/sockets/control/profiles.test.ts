import { expect, it } from "vitest";
import { applicationProfileArn, SimulatedInferenceProfiles } from "../../profiles/simulated-inference-profiles.ts";
import { errorOf, host, region } from "../sockets.test.kit.ts";
import { startControlRig } from "./control.test.kit.ts";

const sonnet = "anthropic.claude-sonnet-4-6";
const copy = { accountId: host.accountId, region, id: "abc123def456", name: "team", copyOf: `eu.${sonnet}` };

it("lists the profiles that AWS made, page by page, with where they may run", async () => {
  await using rig = await startControlRig();
  const bedrock = rig.bedrock();

  const whole = await bedrock.listInferenceProfiles({ typeEquals: "SYSTEM_DEFINED" });
  const first = await bedrock.listInferenceProfiles({ maxResults: 3 });
  const second = await bedrock.listInferenceProfiles({ maxResults: 1_000, nextToken: first.nextToken });

  const summaries = whole.inferenceProfileSummaries ?? [];
  expect(summaries.length).toBeGreaterThan(8);
  expect(first.inferenceProfileSummaries).toHaveLength(3);
  const pages = [...(first.inferenceProfileSummaries ?? []), ...(second.inferenceProfileSummaries ?? [])];
  expect(pages).toEqual(summaries);
  expect(summaries.find(({ inferenceProfileId }) => inferenceProfileId === `global.${sonnet}`)).toMatchObject({
    inferenceProfileArn: `arn:aws:bedrock:${region}:${host.accountId}:inference-profile/global.${sonnet}`,
    type: "SYSTEM_DEFINED",
    status: "ACTIVE",
    models: [
      { modelArn: `arn:aws:bedrock:${region}::foundation-model/${sonnet}` },
      { modelArn: `arn:aws:bedrock:::foundation-model/${sonnet}` },
    ],
    createdAt: expect.any(Date),
  });
});

it("lists application profiles when it is asked for them", async () => {
  await using rig = await startControlRig({ profiles: new SimulatedInferenceProfiles({ application: [copy] }) });

  const { inferenceProfileSummaries } = await rig.bedrock().listInferenceProfiles({ typeEquals: "APPLICATION" });

  expect(inferenceProfileSummaries).toMatchObject([{ inferenceProfileId: copy.id, type: "APPLICATION" }]);
  expect(inferenceProfileSummaries?.[0]?.models).toHaveLength(6);
});

it.each([`eu.${sonnet}`, copy.id, applicationProfileArn(copy)])(
  "finds a profile by id and by ARN: %s",
  async (identifier) => {
    await using rig = await startControlRig({ profiles: new SimulatedInferenceProfiles({ application: [copy] }) });

    const profile = await rig.bedrock().getInferenceProfile({ inferenceProfileIdentifier: identifier });

    expect([profile.inferenceProfileId, profile.inferenceProfileArn]).toContain(identifier);
    expect(profile.models).toHaveLength(6);
    expect(rig.aws.stats().control).toMatchObject([{ operation: "GetInferenceProfile", calls: 1 }]);
  },
);

it("refuses what is asked wrongly, and by whom it does not know", async () => {
  await using rig = await startControlRig();
  const bedrock = rig.bedrock();
  const missing = bedrock.getInferenceProfile({ inferenceProfileIdentifier: `us.${sonnet}` });

  expect(await errorOf(missing)).toMatchObject({ name: "ResourceNotFoundException" });
  expect(await errorOf(bedrock.listInferenceProfiles({ maxResults: 1_001 }))).toMatchObject({
    name: "ValidationException",
  });
  expect(await errorOf(bedrock.listInferenceProfiles({ nextToken: "x" }))).toMatchObject({
    name: "ValidationException",
  });
  const stranger = rig.bedrock({ ...host, secretAccessKey: "wrong" });
  expect(await errorOf(stranger.listInferenceProfiles({}))).toMatchObject({ name: "InvalidSignatureException" });
});
