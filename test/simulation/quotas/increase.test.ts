import { AwsIncreaseDesk, type IncreasePlan, increaseQuotas, quotaIncrease } from "@shardrock/quotas";
import { type SimulatedFleet, startSimulatedFleet } from "@shardrock/simulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const accountId = "111111111111";
const region = "us-east-1";
const place = { accountId, region };
const code = "L-15B8E632";

let fleet: SimulatedFleet;

beforeEach(async () => {
  fleet = await startSimulatedFleet({
    accounts: [{ id: accountId, tokensPerMinute: { [region]: 6_000_000 } }],
    discovery: { model: "anthropic.claude-sonnet-4-6" },
  });
});
afterEach(() => fleet[Symbol.asyncDispose]());

describe("a higher quota, asked of Service Quotas through the SDK", () => {
  it("is prepared from what AWS lists, sent when confirmed, and stands open", async () => {
    const prepared = quotaIncrease(plan(12_000_000));

    const results = await prepared.send({ confirm: true });

    expect(results).toMatchObject([{ kind: "taken", requestId: expect.any(String), status: "PENDING" }]);
    expect(asked()).toEqual([[code, 12_000_000]]);
  });

  it("is not asked of AWS again by another process that plans the same", async () => {
    const [mine, others] = [quotaIncrease(plan(12_000_000)), quotaIncrease(plan(13_000_000))];

    await mine.send({ confirm: true });
    const results = await others.send({ confirm: true });

    expect(results).toMatchObject([{ kind: "not-sent", reason: "a request for this quota is open by now" }]);
    expect(asked()).toEqual([[code, 12_000_000]]);
  });

  it("is turned down by AWS when it is not above the default, whatever the plan knew", async () => {
    const stale = plan(5_000_000, (quotas) => quotas.map((quota) => ({ ...quota, applied: 0, default: 100_000 })));

    const results = await quotaIncrease(stale).send({ confirm: true });

    expect(results).toMatchObject([
      { kind: "turned-down", reason: expect.stringMatching(/^IllegalArgumentException: /) },
    ]);
    expect(asked()).toEqual([]);
  });

  it("of an account on hold is for Support when it is not above the default", () => {
    fleet.changeQuota(place, { tokensPerMinute: 0 });

    const { requests, refused } = quotaIncrease(plan(6_000_000));

    expect(requests).toEqual([]);
    expect(refused[0]?.instead).toContain("support case");
  });

  it("is not asked without a confirmation", async () => {
    await expect(quotaIncrease(plan(12_000_000)).send({} as never)).rejects.toMatchObject({ code: "option-invalid" });

    expect(asked()).toEqual([]);
  });
});

type Quotas = IncreasePlan["quotas"];

function plan(tokensPerMinute: number, change: (quotas: Quotas) => Quotas = (quotas) => quotas): IncreasePlan {
  const { serviceQuotas } = fleet;
  if (serviceQuotas === undefined) throw new Error("the fleet has no Service Quotas");
  const listed = (values: ReturnType<typeof serviceQuotas.defaults>) =>
    values.map(({ row, value }) => ({ ...row, value, isGlobal: false }));
  const quotas = increaseQuotas(place, {
    applied: listed(serviceQuotas.applied(place)),
    defaults: listed(serviceQuotas.defaults(place)),
  });
  const load = {
    steadyTokensPerMinute: 4_000_000,
    peakTokensPerMinute: 11_000_000,
    steadyRequestsPerMinute: 900,
    peakRequestsPerMinute: 2500,
    averageInputTokens: 3200,
    averageOutputTokens: 410,
  };
  const credentials = fleet.accountCredentials.get(accountId);
  if (credentials === undefined) throw new Error("the account has no user");
  const desk = new AwsIncreaseDesk({ clientOptions: () => ({ credentials, endpoint: fleet.aws.url }) });
  const wish = { ...place, modelId: "anthropic.claude-sonnet-4-6", scope: "geo", tokensPerMinute, load } as const;
  return { wishes: [wish], quotas: change(quotas), open: [], desk };
}

/** What AWS has on its table. */
function asked(): readonly (readonly [string, number])[] {
  const history = fleet.serviceQuotas?.history(place, Date.now()) ?? [];
  return history.map(({ row, desiredValue }) => [row.code, desiredValue]);
}
