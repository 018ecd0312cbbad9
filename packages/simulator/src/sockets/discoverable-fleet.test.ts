import { Bedrock } from "@aws-sdk/client-bedrock";
import { BedrockRuntime } from "@aws-sdk/client-bedrock-runtime";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { ServiceQuotas } from "@aws-sdk/client-service-quotas";
import { STS } from "@aws-sdk/client-sts";
import { parseConfig } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { applicationProfileArn } from "../profiles/simulated-inference-profiles.ts";
import type { SimulatedCaller } from "./principals.ts";
import { type SimulatedFleet, type SimulatedFleetOptions, startSimulatedFleet } from "./simulated-fleet.ts";

const one = "111111111111";
const two = "222222222222";
const region = "us-east-1";
const sonnet = "anthropic.claude-sonnet-4-6";
const code = "L-15B8E632";

function start(options: Partial<SimulatedFleetOptions> = {}): Promise<SimulatedFleet> {
  return startSimulatedFleet({
    accounts: [
      { id: one, tokensPerMinute: { [region]: 6_000_000 } },
      { id: two, tokensPerMinute: { [region]: 4_000, "us-west-2": 0 } },
    ],
    discovery: {},
    model: { serviceMs: () => 1, firstTokenMs: 1 },
    ...options,
  });
}

function options(fleet: SimulatedFleet, credentials: SimulatedCaller | undefined, at: string = region): object {
  const scheme = { authSchemePreference: ["sigv4"] };
  return { endpoint: fleet.aws.url, region: at, credentials, maxAttempts: 1, ...scheme };
}

/** The error's name, or `served`. */
async function call(
  fleet: SimulatedFleet,
  accountId: string,
  { modelId = fleet.modelId, inputTokens = 1, at = region } = {},
): Promise<string> {
  const runtime = new BedrockRuntime(options(fleet, fleet.accountCredentials.get(accountId), at));
  const text = Array.from({ length: inputTokens }, () => "word").join(" ");
  const input = {
    modelId,
    messages: [{ role: "user" as const, content: [{ text }] }],
    inferenceConfig: { maxTokens: 10 },
  };
  try {
    await runtime.converse({ ...input, requestMetadata: { outputTokens: "2" } });
    return "served";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    runtime.destroy();
  }
}

async function limits(fleet: SimulatedFleet, accountId: string, at: string = region): Promise<readonly unknown[]> {
  const quotas = new ServiceQuotas(options(fleet, fleet.accountCredentials.get(accountId), at));
  const asked = { ServiceCode: "bedrock", QuotaCode: code };
  const applied = await quotas.getServiceQuota(asked).then(
    ({ Quota }) => Quota?.Value,
    (error: Error) => error.name,
  );
  const { Quota } = await quotas.getAWSDefaultServiceQuota(asked);
  quotas.destroy();
  return [applied, Quota?.Value];
}

describe("a fleet that a client can find out by itself", () => {
  it("writes a config of account ids, a role and a model alone, which core takes", async () => {
    await using fleet = await start();
    const { url } = fleet.aws;

    expect(fleet.bareConfig).toEqual({
      accounts: [{ id: one }, { id: two }],
      role: { name: "shardrock-shared", externalId: "external-shared" },
      models: { chat: { model: sonnet } },
      residency: { allowedRegions: ["us-east-1", "us-west-2", "us-east-2"] },
      endpoints: { bedrockRuntime: url, sts: url, serviceQuotas: url, cloudWatch: url, bedrock: url },
    });
    expect(parseConfig(fleet.bareConfig).accounts).toHaveLength(2);
  });

  it("lets its one role be assumed in every account", async () => {
    await using fleet = await start();
    const sts = new STS(options(fleet, fleet.hostCredentials));

    const assumed = await Promise.all(
      [one, two].map((id) =>
        sts.assumeRole({
          RoleArn: `arn:aws:iam::${id}:role/shardrock-shared`,
          RoleSessionName: "test",
          ExternalId: "external-shared",
        }),
      ),
    );

    expect(assumed.map(({ AssumedRoleUser }) => AssumedRoleUser?.Arn?.split(":")[4])).toEqual([one, two]);
  });

  it("says of every account what it enforces there, and nothing where that is the default", async () => {
    await using fleet = await start();

    expect(await limits(fleet, one)).toEqual(["NoSuchResourceException", 6_000_000]);
    expect(await limits(fleet, two)).toEqual([4_000, 6_000_000]);
    expect(await limits(fleet, two, "us-west-2")).toEqual([0, 6_000_000]);
    expect(await limits(fleet, one, "us-east-2")).toEqual([0, 6_000_000]);
    expect(await call(fleet, one, { inputTokens: 5_000 })).toBe("served");
    expect(await call(fleet, two, { inputTokens: 5_000 })).toContain("Too many tokens, please");
    expect(await call(fleet, two)).toBe("served");
    expect(await call(fleet, two, { at: "us-west-2" })).toContain("Too many tokens per day");
    expect(await call(fleet, one, { at: "us-east-2" })).toContain("Too many tokens per day");
    expect(fleet.bedrock.limitsOf({ accountId: one, region, modelId: fleet.modelId })).toEqual({
      tokensPerMinute: 6_000_000,
      requestsPerMinute: 10_000,
    });
  });

  it("lists the profile it serves and no other of its model, with where it may run", async () => {
    await using fleet = await start();
    const bedrock = new Bedrock(options(fleet, fleet.accountCredentials.get(one)));

    const { inferenceProfileSummaries = [] } = await bedrock.listInferenceProfiles({});

    const ids = inferenceProfileSummaries.map(({ inferenceProfileId }) => inferenceProfileId);
    expect(ids.filter((id) => id?.endsWith(sonnet))).toEqual([fleet.modelId]);
    expect(ids.length).toBeGreaterThan(3);
    const { models } = await bedrock.getInferenceProfile({ inferenceProfileIdentifier: fleet.modelId });
    expect(models?.map(({ modelArn }) => modelArn?.split(":")[3])).toEqual(["us-east-1", "us-east-2", "us-west-2"]);
    expect(await call(fleet, one, { modelId: `global.${sonnet}` })).toContain("model identifier is invalid");
  });

  it("serves the global profile too, on a quota of its own, when it is told to", async () => {
    await using fleet = await start({ discovery: { scopes: ["geo", "global"] } });
    const place = { accountId: one, region };

    fleet.changeQuota(place, { tokensPerMinute: 0 });

    expect(await call(fleet, one)).toContain("Too many tokens per day");
    expect(await call(fleet, one, { modelId: `global.${sonnet}` })).toBe("served");
  });

  it("charges an application profile to the quota of the one it copies", async () => {
    const copy = { accountId: one, region, id: "abc123", name: "team", copyOf: `us.${sonnet}` };
    await using fleet = await start({ discovery: { applicationProfiles: [copy] } });
    const modelId = applicationProfileArn(copy);

    expect(await call(fleet, one, { modelId })).toBe("served");
    fleet.changeQuota(copy, { tokensPerMinute: 0 });
    expect(await call(fleet, one, { modelId })).toContain("Too many tokens per day");
  });

  it("changes a quota while it runs: enforced, and said, at once", async () => {
    await using fleet = await start();
    const place = { accountId: one, region };

    fleet.changeQuota(place, { tokensPerMinute: 100 });
    expect(await limits(fleet, one)).toEqual([100, 6_000_000]);
    expect(await call(fleet, one, { inputTokens: 200 })).toContain("Too many tokens, please");

    fleet.changeQuota(place, { tokensPerMinute: 0 });
    expect(await call(fleet, one)).toContain("Too many tokens per day");

    fleet.changeQuota(place, { tokensPerMinute: 8_000_000, requestsPerMinute: 20_000 });
    await expect.poll(() => call(fleet, one, { inputTokens: 200 })).toBe("served"); // an empty bucket fills
    expect(fleet.bedrock.limitsOf({ ...place, modelId: fleet.modelId })).toEqual({
      tokensPerMinute: 8_000_000,
      requestsPerMinute: 20_000,
    });
  });

  it("enforces an increase that is approved", async () => {
    await using fleet = await start();
    const quotas = new ServiceQuotas(options(fleet, fleet.accountCredentials.get(two)));
    const wish = { ServiceCode: "bedrock", QuotaCode: code, DesiredValue: 7_000_000 };

    const { RequestedQuota } = await quotas.requestServiceQuotaIncrease(wish);
    fleet.serviceQuotas?.approve(RequestedQuota?.Id ?? "", 0);

    const place = { accountId: two, region, modelId: fleet.modelId };
    expect(fleet.bedrock.limitsOf(place)).toMatchObject({ tokensPerMinute: 7_000_000 });
  });

  it("counts calls in CloudWatch, also those of somebody else, for the account that all share theirs with", async () => {
    const atOnce = { delayMs: { least: -60_000, most: -60_000 } };
    const monitor = "333333333333";
    await using fleet = await start({ speed: 60, discovery: { metrics: atOnce, monitoringAccountId: monitor } });
    const { roleArn = "", externalId } = fleet.monitoringRole ?? {};
    const sts = new STS(options(fleet, fleet.hostCredentials));
    const asked = { RoleArn: roleArn, RoleSessionName: "test", ExternalId: externalId };
    const { Credentials } = await sts.assumeRole(asked);
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const cloudWatch = new CloudWatch(options(fleet, { accountId: monitor, ...keys }));

    const traffic = fleet.background({ place: { accountId: one, region }, share: 0.5 });
    expect(await call(fleet, one)).toBe("served");
    await expect.poll(() => traffic.settledTokens).toBeGreaterThan(0);
    traffic[Symbol.dispose]();

    const Dimensions = [{ Name: "ModelId", Value: fleet.modelId }];
    const Metric = { Namespace: "AWS/Bedrock", MetricName: "EstimatedTPMQuotaUsage", Dimensions };
    const inAnHourMs = Credentials?.Expiration?.getTime() ?? 0;
    const { MetricDataResults } = await cloudWatch.getMetricData({
      StartTime: new Date(inAnHourMs - 2 * 3_600_000),
      EndTime: new Date(inAnHourMs),
      MetricDataQueries: [{ Id: "a", AccountId: one, MetricStat: { Metric, Period: 60, Stat: "Sum" } }],
    });
    const sum = MetricDataResults?.[0]?.Values?.reduce((total, value) => total + value, 0) ?? 0;
    expect(sum).toBeGreaterThan(traffic.settledTokens); // its own, and the call's
  });

  it("keeps a tally of what was asked, by account, Region and API", async () => {
    await using fleet = await start();

    await limits(fleet, one);
    await limits(fleet, one);

    const stats = { accountId: one, region, calls: 2, throttled: 0 };
    expect(fleet.aws.stats().control).toMatchObject([
      { ...stats, operation: "GetServiceQuota" },
      { ...stats, operation: "GetAWSDefaultServiceQuota" },
    ]);
  });
});

it("lets a fleet's quota change also where nobody can find it out", async () => {
  await using fleet = await startSimulatedFleet({
    accounts: [{ id: one, tokensPerMinute: { [region]: 1_000 } }],
    model: { serviceMs: () => 1, firstTokenMs: 1 },
  });

  expect(await call(fleet, one)).toBe("served");
  fleet.changeQuota({ accountId: one, region }, { tokensPerMinute: 0 });

  expect(await call(fleet, one)).toContain("Too many tokens per day");
  expect(() => fleet.changeQuota({ accountId: two, region }, { tokensPerMinute: 0 })).toThrow("there is no quota");
});
