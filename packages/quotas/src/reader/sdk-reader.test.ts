import { parseConfig, type QuotaClientOptions, type ShardrockConfig } from "@shardrock/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHandler } from "../testing/fake-handler.test.kit.ts";
import { bareConfig, one, two } from "../testing/quota-world.test.kit.ts";
import type { PlaceClientsOptions } from "./place-clients.ts";
import { SdkReader, type SdkReaderOptions } from "./sdk-reader.ts";

const place = { accountId: one, region: "us-east-1" };
const signal = new AbortController().signal;
const asked = { place, signal };

/** A reader whose sessions' key ids name the account, or the monitoring role. */
function readerOver(fake: FakeHandler, change: Partial<SdkReaderOptions> = {}, config: Partial<ShardrockConfig> = {}) {
  const clientOptions: PlaceClientsOptions["host"]["clientOptions"] = ({ accountId, region }, monitoring) => ({
    region,
    requestHandler: fake.handler,
    credentials: (async () => ({
      accessKeyId: `ASIA${monitoring === undefined ? accountId : `MONITORING${monitoring.id}`}`,
      secretAccessKey: "s",
      sessionToken: "t",
    })) as unknown as QuotaClientOptions["credentials"],
  });
  const host = { config: parseConfig({ ...bareConfig, ...config }), clientOptions };
  return new SdkReader({ host, ...change });
}

const quota = (code: string, change: object = {}) => ({
  QuotaCode: code,
  QuotaName: `name of ${code}`,
  Value: 5,
  Adjustable: true,
  GlobalQuota: false,
  ...change,
});

describe("quotas, asked of AWS by its own client", () => {
  it("are Bedrock's, of the account, page by page", async () => {
    const fake = new FakeHandler();
    fake.answer = ({ body }) => ({
      body: { Quotas: [quota("L-1")], NextToken: body["NextToken"] ? undefined : "more" },
    });
    const reader = readerOver(fake);

    const first = await reader.appliedQuotas(asked);
    const last = await reader.appliedQuotas({ ...asked, page: first.next });

    const row = { code: "L-1", name: "name of L-1", value: 5, isAdjustable: true, isGlobal: false };
    expect(first).toEqual({ rows: [row], next: "more", unread: [] });
    expect(last.next).toBeUndefined();
    expect(fake.seen.map(({ target, body }) => [target, body])).toEqual([
      [
        "ServiceQuotasV20190624.ListServiceQuotas",
        { ServiceCode: "bedrock", MaxResults: 100, QuotaAppliedAtLevel: "ACCOUNT" },
      ],
      [
        "ServiceQuotasV20190624.ListServiceQuotas",
        { ServiceCode: "bedrock", MaxResults: 100, QuotaAppliedAtLevel: "ACCOUNT", NextToken: "more" },
      ],
    ]);
  });

  it("that AWS cannot tell the value of are named as such, and are never a 0", async () => {
    const fake = new FakeHandler();
    const failed = quota("L-2", { ErrorReason: { ErrorCode: "DEPENDENCY_ACCESS_DENIED_ERROR" } });
    fake.answer = () => ({
      body: { Quotas: [quota("L-1", { Value: 0 }), failed, quota("L-3", { Value: undefined })] },
    });

    const page = await readerOver(fake).defaultQuotas(asked);

    expect(page.rows.map(({ code, value }) => [code, value])).toEqual([["L-1", 0]]);
    expect(page.unread).toEqual(["L-2", "L-3"]);
    expect(fake.seen[0]?.target).toBe("ServiceQuotasV20190624.ListAWSDefaultServiceQuotas");
  });

  it("are asked with the role of each account, in each Region", async () => {
    const fake = new FakeHandler();
    const reader = readerOver(fake);
    for (const accountId of [one, two]) {
      for (const region of ["us-east-1", "us-west-2"]) {
        await reader.appliedQuotas({ place: { accountId, region }, signal });
      }
    }

    expect(fake.seen.map(({ host, signedBy }) => [host, signedBy.replace(/\/\d{8}\//, "/")])).toEqual(
      [one, two].flatMap((accountId) =>
        ["us-east-1", "us-west-2"].map((region) => [
          `servicequotas.${region}.amazonaws.com`,
          `ASIA${accountId}/${region}/servicequotas/aws4_request`,
        ]),
      ),
    );
  });

  it("are asked once, however AWS answers", async () => {
    const fake = new FakeHandler();
    fake.answer = () => ({ status: 429, body: { __type: "TooManyRequestsException", message: "slow down" } });

    await expect(readerOver(fake).appliedQuotas(asked)).rejects.toMatchObject({ name: "TooManyRequestsException" });
    expect(fake.seen).toHaveLength(1);
  });

  it("hear the signal", async () => {
    const fake = new FakeHandler();
    const leaving = new AbortController();
    await readerOver(fake).appliedQuotas({ place, signal: leaving.signal });
    leaving.abort();

    expect(fake.seen[0]?.signal?.aborted).toBe(true);
  });
});

describe("the environment of the process", () => {
  beforeEach(() => {
    vi.stubEnv("AWS_ENDPOINT_URL", "https://elsewhere.example");
    vi.stubEnv("AWS_ENDPOINT_URL_SERVICE_QUOTAS", "https://elsewhere.example");
    vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "a-key-of-somebody");
    vi.stubEnv("AWS_MAX_ATTEMPTS", "7");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("sends neither signatures elsewhere nor signs with another key", async () => {
    const fake = new FakeHandler();
    fake.answer = () => ({ status: 500, body: { __type: "InternalFailure" } });
    const reader = readerOver(fake);

    await expect(reader.appliedQuotas(asked)).rejects.toBeInstanceOf(Error);
    await expect(reader.profiles(asked)).rejects.toBeInstanceOf(Error);
    await expect(reader.usage([usage("tokens")], span, asked)).rejects.toBeInstanceOf(Error);

    expect(fake.seen.map(({ host }) => host)).toEqual([
      "servicequotas.us-east-1.amazonaws.com",
      "bedrock.us-east-1.amazonaws.com",
      "monitoring.us-east-1.amazonaws.com",
    ]);
    expect(fake.seen.every(({ signedBy }) => signedBy.startsWith(`ASIA${one}/`))).toBe(true);
  });
});

describe("endpoints of the config", () => {
  it("are asked in place of AWS's, each with its Region", async () => {
    const fake = new FakeHandler();
    const endpoints = {
      serviceQuotas: "https://quotas.{region}.example.com",
      bedrock: "https://bedrock.{region}.example.com",
      cloudWatch: "https://metrics.{region}.example.com",
    };
    const reader = readerOver(fake, {}, { endpoints });

    await reader.appliedQuotas(asked);
    await reader.profiles(asked);
    await reader.usage([usage("tokens")], span, asked);

    expect(fake.seen.map(({ host }) => host)).toEqual(
      ["quotas", "bedrock", "metrics"].map((name) => `${name}.us-east-1.example.com`),
    );
  });
});

describe("profiles, asked of AWS by its own client", () => {
  const summary = (type: string) => ({
    inferenceProfileName: "n",
    inferenceProfileId: `id-${type}`,
    inferenceProfileArn: `arn-${type}`,
    models: [{ modelArn: "arn:aws:bedrock:us-east-1::foundation-model/m" }],
    status: type === "APPLICATION" ? "LEGACY" : "ACTIVE",
    type,
  });

  it("are AWS's own, with their models", async () => {
    const fake = new FakeHandler();
    fake.answer = () => ({ body: { inferenceProfileSummaries: [summary("SYSTEM_DEFINED")] } });

    expect(await readerOver(fake).profiles(asked)).toEqual({
      rows: [
        {
          id: "id-SYSTEM_DEFINED",
          type: "system",
          isActive: true,
          modelArns: ["arn:aws:bedrock:us-east-1::foundation-model/m"],
        },
      ],
      next: undefined,
    });
    expect(fake.seen[0]).toMatchObject({ path: "/inference-profiles", query: { type: "SYSTEM_DEFINED" } });
  });

  it("are the account's own too where the config names some, after all pages of AWS's", async () => {
    const fake = new FakeHandler();
    fake.answer = ({ query }) => ({
      body: {
        inferenceProfileSummaries: [summary(String(query["type"]))],
        nextToken: query["nextToken"] === undefined ? `a b ${String(query["type"])}` : undefined,
      },
    });
    const reader = readerOver(fake, { withApplicationProfiles: () => true });

    const ids: string[] = [];
    let page: string | undefined;
    do {
      const { rows, next } = await reader.profiles({ ...asked, page });
      ids.push(...rows.map(({ id, type, isActive }) => `${id} ${type} ${isActive}`));
      page = next;
    } while (page !== undefined);

    expect(ids).toEqual([
      "id-SYSTEM_DEFINED system true",
      "id-SYSTEM_DEFINED system true",
      "arn-APPLICATION application false",
      "arn-APPLICATION application false",
    ]);
    expect(fake.seen.map(({ query }) => query["nextToken"])).toEqual([
      undefined,
      "a b SYSTEM_DEFINED",
      undefined,
      "a b APPLICATION",
    ]);
  });
});

const minute = 1_767_225_600_000;
const span = { fromMs: minute, untilMs: minute + 180_000 };
function usage(
  metric: "tokens" | "cacheWriteTokens" | "inputTokens" | "throttles",
  endpoint: "runtime" | "mantle" = "runtime",
) {
  return { endpoint, modelId: "us.m", metric } as const;
}

describe("what was used, asked of AWS by its own client", () => {
  it("is a sum by the minute of one model or profile", async () => {
    const fake = new FakeHandler();
    fake.answer = () => ({
      body: {
        MetricDataResults: [
          { Id: "q0", Timestamps: [minute / 1_000, minute / 1_000 + 60], Values: [7, 0], StatusCode: "Complete" },
        ],
      },
    });

    const [series] = await readerOver(fake).usage([usage("tokens")], span, asked);

    expect([...(series?.byMinute ?? [])]).toEqual([
      [minute, 7],
      [minute + 60_000, 0],
    ]);
    expect(series?.isComplete).toBe(true);
    expect(fake.seen[0]?.body).toMatchObject({
      StartTime: minute / 1_000,
      EndTime: minute / 1_000 + 180,
      MetricDataQueries: [
        {
          Id: "q0",
          MetricStat: {
            Period: 60,
            Stat: "Sum",
            Metric: {
              Namespace: "AWS/Bedrock",
              MetricName: "EstimatedTPMQuotaUsage",
              Dimensions: [{ Name: "ModelId", Value: "us.m" }],
            },
          },
        },
      ],
    });
  });

  it("is asked by both names where AWS has two, and is not counted twice", async () => {
    const fake = new FakeHandler();
    const result = (Id: string, value: number) => ({
      Id,
      Timestamps: [minute / 1_000],
      Values: [value],
      StatusCode: "Complete",
    });
    fake.answer = () => ({ body: { MetricDataResults: [result("q0", 3), result("q1", 3)] } });

    const [series] = await readerOver(fake).usage([usage("cacheWriteTokens")], span, asked);

    expect(series?.byMinute.get(minute)).toBe(3);
    const text = JSON.stringify(fake.seen[0]?.body);
    expect(text).toContain('"CacheWriteInputTokens"');
    expect(text).toContain('"CacheWriteInputTokenCount"');
  });

  it("is mantle's by the model, and not known where mantle does not count", async () => {
    const fake = new FakeHandler();

    const [input, throttles] = await readerOver(fake).usage(
      [usage("inputTokens", "mantle"), usage("throttles", "mantle")],
      span,
      asked,
    );

    expect([input?.isComplete, throttles?.isComplete]).toEqual([true, false]);
    expect(fake.seen[0]?.body["MetricDataQueries"]).toMatchObject([
      {
        MetricStat: {
          Metric: {
            Namespace: "AWS/BedrockMantle",
            MetricName: "TotalInputTokens",
            Dimensions: [{ Name: "Model", Value: "us.m" }],
          },
        },
      },
    ]);
  });

  it("is all pages of it, and not complete while AWS says that there is more to come", async () => {
    const fake = new FakeHandler();
    fake.answer = ({ body }) => {
      const isLast = body["NextToken"] === "more";
      const at = minute / 1_000 + (isLast ? 60 : 0);
      return {
        body: {
          MetricDataResults: [{ Id: "q0", Timestamps: [at], Values: [1], StatusCode: isLast ? last : "PartialData" }],
          NextToken: isLast ? undefined : "more",
        },
      };
    };
    let last = "Complete";
    const reader = readerOver(fake);

    expect((await reader.usage([usage("tokens")], span, asked))[0]).toMatchObject({
      byMinute: new Map([
        [minute, 1],
        [minute + 60_000, 1],
      ]),
      isComplete: true,
    });
    last = "PartialData";
    expect((await reader.usage([usage("tokens")], span, asked))[0]?.isComplete).toBe(false);
  });

  it("takes several requests where there are more than 500 queries", async () => {
    const fake = new FakeHandler();

    const series = await readerOver(fake).usage(
      Array.from({ length: 501 }, () => usage("tokens")),
      span,
      asked,
    );

    expect(series).toHaveLength(501);
    expect(fake.seen.map(({ body }) => (body["MetricDataQueries"] as unknown[]).length)).toEqual([500, 1]);
  });

  it("is asked of the monitoring account by its own role, for the account it is about", async () => {
    const fake = new FakeHandler();
    const monitoring = { id: "999999999999", roleArn: "arn:aws:iam::999999999999:role/watch" };
    const reader = readerOver(fake, { monitoring });
    const there = { place: { accountId: monitoring.id, region: "us-east-1" }, signal };

    await reader.usage([{ ...usage("tokens"), accountId: one }], span, there);
    await reader.usage([usage("tokens")], span, asked);

    expect(fake.seen.map(({ signedBy }) => signedBy.split("/")[0])).toEqual([
      "ASIAMONITORING999999999999",
      `ASIA${one}`,
    ]);
    expect(fake.seen.map(({ body }) => (body["MetricDataQueries"] as { AccountId?: string }[])[0]?.AccountId)).toEqual([
      one,
      undefined,
    ]);
  });

  it("by that role asks for metrics only: the same account's lists are read by its own", async () => {
    const fake = new FakeHandler();
    const monitoring = { id: one, roleArn: `arn:aws:iam::${one}:role/watch` };
    const reader = readerOver(fake, { monitoring });

    await reader.usage([usage("tokens")], span, asked);
    await reader.appliedQuotas(asked);
    await reader.profiles(asked);

    expect(fake.seen.map(({ signedBy }) => signedBy.split("/")[0])).toEqual([
      `ASIAMONITORING${one}`,
      `ASIA${one}`,
      `ASIA${one}`,
    ]);
  });
});
