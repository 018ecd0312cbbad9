import type { ServiceQuota } from "@aws-sdk/client-service-quotas";
import { describe, expect, it } from "vitest";
import { bedrockQuotaRows } from "../../quotas/bedrock-quota-rows.ts";
import { SimulatedServiceQuotas } from "../../quotas/simulated-service-quotas.ts";
import { errorOf, host, region } from "../sockets.test.kit.ts";
import { type ControlRig, startControlRig } from "./control.test.kit.ts";

const place = { accountId: host.accountId, region };
const sonnet = "L-15B8E632";
const ServiceCode = "bedrock";

/** Every page, with a breath in between. */
async function everyQuota(
  rig: ControlRig,
  list: "listServiceQuotas" | "listAWSDefaultServiceQuotas",
): Promise<ServiceQuota[]> {
  const quotas: ServiceQuota[] = [];
  let NextToken: string | undefined;
  const client = rig.quotas();
  do {
    const page = await client[list]({ ServiceCode, NextToken, MaxResults: 100 });
    quotas.push(...(page.Quotas ?? []));
    NextToken = page.NextToken;
    rig.clock.move(100);
  } while (NextToken !== undefined);
  return quotas;
}

describe("Service Quotas", () => {
  it("lists every default, page by page", async () => {
    await using rig = await startControlRig();

    const quotas = await everyQuota(rig, "listAWSDefaultServiceQuotas");

    const here = bedrockQuotaRows.filter(({ regions = [region] }) => regions.includes(region));
    expect(new Set(quotas.map(({ QuotaCode }) => QuotaCode))).toEqual(new Set(here.map(({ code }) => code)));
    expect(quotas).toHaveLength(here.length);
    expect(quotas.find(({ QuotaCode }) => QuotaCode === sonnet)).toEqual({
      ServiceCode,
      ServiceName: "Amazon Bedrock",
      QuotaArn: `arn:aws:servicequotas:${region}::bedrock/${sonnet}`,
      QuotaCode: sonnet,
      QuotaName: "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6",
      Value: 6_000_000,
      Unit: "None",
      Adjustable: true,
      GlobalQuota: false,
    });
    const rate = quotas.find(({ QuotaName }) => QuotaName === "ListGuardrail requests per second");
    expect(rate?.UsageMetric).toMatchObject({
      MetricNamespace: "AWS/Usage",
      MetricDimensions: { Resource: "ListGuardrail" },
    });
    expect(rig.aws.stats().control).toMatchObject([
      { operation: "ListAWSDefaultServiceQuotas", calls: 12, throttled: 0 },
    ]);
  });

  it("lists only what was applied, and says NoSuchResourceException of the rest", async () => {
    const serviceQuotas = new SimulatedServiceQuotas({ applied: [{ ...place, code: sonnet, value: 0 }] });
    await using rig = await startControlRig({ serviceQuotas });

    const quotas = await everyQuota(rig, "listServiceQuotas");

    const ofModels = quotas.filter(({ QuotaName = "" }) => QuotaName.includes("model inference"));
    expect(ofModels).toMatchObject([{ QuotaCode: sonnet, Value: 0, QuotaAppliedAtLevel: "ACCOUNT" }]);
    expect(ofModels[0]?.QuotaArn).toBe(`arn:aws:servicequotas:${region}:${host.accountId}:bedrock/${sonnet}`);
    const one = await rig.quotas().listServiceQuotas({ ServiceCode, QuotaCode: sonnet });
    expect(one.Quotas).toHaveLength(1);
    const { Quota } = await rig.quotas().getServiceQuota({ ServiceCode, QuotaCode: sonnet });
    expect(Quota?.Value).toBe(0);
    const haiku = { ServiceCode, QuotaCode: "L-58BE175A" };
    expect(await errorOf(rig.quotas().getServiceQuota(haiku))).toMatchObject({ name: "NoSuchResourceException" });
    const standard = await rig.quotas().getAWSDefaultServiceQuota(haiku);
    expect(standard.Quota?.Value).toBe(5_000_000);
  });

  it("refuses what is asked wrongly by the name AWS has for it", async () => {
    await using rig = await startControlRig();
    const quotas = rig.quotas();
    const names = await Promise.all(
      [
        quotas.listServiceQuotas({ ServiceCode: "ec3" }),
        quotas.listServiceQuotas({ ServiceCode, MaxResults: 101 }),
        quotas.listServiceQuotas({ ServiceCode, NextToken: "nonsense" }),
        quotas.getAWSDefaultServiceQuota({ ServiceCode, QuotaCode: "L-NONE" }),
        quotas.listServices({}),
      ].map(async (call) => (await errorOf(call)).name),
    );

    expect(names).toEqual([
      "NoSuchResourceException",
      "IllegalArgumentException",
      "InvalidPaginationTokenException",
      "NoSuchResourceException",
      "UnknownOperationException",
    ]);
  });

  it("takes no page token of another list", async () => {
    await using rig = await startControlRig();
    const { NextToken } = await rig.quotas().listServiceQuotas({ ServiceCode });

    const error = await errorOf(rig.quotas().listAWSDefaultServiceQuotas({ ServiceCode, NextToken }));

    expect(error.name).toBe("InvalidPaginationTokenException");
  });

  it("takes a request for more, opens a case, and applies what is approved", async () => {
    const serviceQuotas = new SimulatedServiceQuotas();
    await using rig = await startControlRig({ serviceQuotas });
    const wish = { ServiceCode, QuotaCode: sonnet, DesiredValue: 9_000_000 };

    const { RequestedQuota } = await rig.quotas().requestServiceQuotaIncrease(wish);

    expect(RequestedQuota).toMatchObject({ Status: "PENDING", DesiredValue: 9_000_000, QuotaCode: sonnet });
    expect(RequestedQuota?.Created).toBeInstanceOf(Date);
    expect(await errorOf(rig.quotas().requestServiceQuotaIncrease(wish))).toMatchObject({
      name: "ResourceAlreadyExistsException",
    });
    serviceQuotas.approve(RequestedQuota?.Id ?? "", 0);
    const history = await rig.quotas().listRequestedServiceQuotaChangeHistory({ ServiceCode, Status: "APPROVED" });
    expect(history.RequestedQuotas).toMatchObject([{ Id: RequestedQuota?.Id }]);
    const { Quota } = await rig.quotas().getServiceQuota({ ServiceCode, QuotaCode: sonnet });
    expect(Quota?.Value).toBe(9_000_000);
    const pending = await rig.quotas().listRequestedServiceQuotaChangeHistory({ ServiceCode, Status: "PENDING" });
    expect(pending.RequestedQuotas).toEqual([]);
  });

  it.each([
    ["no more than the default", { QuotaCode: sonnet, DesiredValue: 6_000_000 }],
    ["what is not adjustable", { QuotaCode: "L-9DC5F595", DesiredValue: 1e12 }],
  ])("refuses a request for %s", async (_, wish) => {
    await using rig = await startControlRig();

    const error = await errorOf(rig.quotas().requestServiceQuotaIncrease({ ServiceCode, ...wish }));

    expect(error).toMatchObject({ name: "IllegalArgumentException", $metadata: { httpStatusCode: 400 } });
  });

  it.each([
    ["ListServiceQuotas", 20, 10],
    ["GetAWSDefaultServiceQuota", 10, 5],
  ] as const)("throttles %s at its own rate: %d at once, %d a second", async (operation, burst, perSecond) => {
    await using rig = await startControlRig();
    const quotas = rig.quotas();
    const ask = async (): Promise<string> => {
      const asked = { ServiceCode, QuotaCode: sonnet };
      const answer: Promise<unknown> =
        operation === "ListServiceQuotas"
          ? quotas.listServiceQuotas({ ...asked, MaxResults: 1 })
          : quotas.getAWSDefaultServiceQuota(asked);
      return answer.then(
        () => "ok",
        (error: Error) => error.name,
      );
    };
    const askAtOnce = async (calls: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: calls }, ask));
      expect(new Set(answers)).toEqual(new Set(["ok", "TooManyRequestsException"]));
      return answers.filter((answer) => answer === "ok").length;
    };

    expect(await askAtOnce(burst + 5)).toBe(burst);
    rig.clock.move(1_000);
    expect(await askAtOnce(burst + 5)).toBe(perSecond);

    const stats = { operation, calls: 2 * (burst + 5), throttled: burst - perSecond + 10, mostPerSecond: burst + 5 };
    expect(rig.aws.stats().control).toEqual([{ ...place, ...stats }]);
    await quotas.listRequestedServiceQuotaChangeHistory({ ServiceCode }); // another API has room
  });

  it.each([
    ["a wrong secret", { ...host, secretAccessKey: "wrong" }, "InvalidSignatureException"],
    ["an unknown key", { ...host, accessKeyId: "AKIANOBODY" }, "UnrecognizedClientException"],
  ])("turns away %s, and counts no call", async (_, signer, name) => {
    await using rig = await startControlRig();

    expect(await errorOf(rig.quotas(signer).listServiceQuotas({ ServiceCode }))).toMatchObject({
      name,
      $metadata: { httpStatusCode: 403 },
    });
    expect(rig.aws.stats().control).toEqual([]);
  });

  it("fails as the fault hook says", async () => {
    const denied = { kind: "error", status: 403, type: "AccessDeniedException", message: "not authorized" } as const;
    await using rig = await startControlRig({
      fault: ({ operation }) => (operation === "ListServiceQuotas" ? denied : { kind: "reset" }),
    });

    const error = await errorOf(rig.quotas().listServiceQuotas({ ServiceCode }));
    expect(error).toMatchObject({ name: "AccessDeniedException", message: "not authorized" });
    expect(await errorOf(rig.quotas().listAWSDefaultServiceQuotas({ ServiceCode }))).toMatchObject({
      code: "ECONNRESET",
    });
  });
});
