import { describe, expect, it } from "vitest";
import type { LimiterKind } from "./limiters/limiter-kind.ts";
import type { SimulatedMantleQuota } from "./mantle-quota.ts";
import { type AdmittedCall, SimulatedBedrock, type SimulatedCall, type SimulatedQuota } from "./simulated-bedrock.ts";

const quota: SimulatedQuota = {
  accountId: "111111111111",
  region: "us-east-1",
  modelIds: ["us.model", "arn:of:us.model"],
  tokensPerMinute: 10_000,
  requestsPerMinute: 5,
  burndown: 5,
  maxOutputTokens: 8_000,
};
const call = {
  accountId: quota.accountId,
  region: quota.region,
  modelId: "us.model",
  inputTokens: 1_000,
  maxTokens: 1_000,
};

function bedrock(change: Partial<SimulatedQuota> = {}, tokensPerDay?: number) {
  const { accountId, region } = quota;
  return new SimulatedBedrock({
    quotas: [{ ...quota, ...change }],
    dayQuotas: tokensPerDay === undefined ? [] : [{ accountId, region, tokensPerDay }],
    limiter: "fixed60",
    random: () => 0,
  });
}

function admit(aws: SimulatedBedrock, change: Partial<typeof call> | { maxTokens: undefined } = {}, nowMs = 0) {
  return aws.admit({ ...call, ...change }, nowMs);
}

describe("the simulated Bedrock", () => {
  it("holds input and max_tokens, and the model's maximum when max_tokens is unset", () => {
    expect(admit(bedrock(), { maxTokens: 9_000 }).kind).toBe("admitted");
    expect(admit(bedrock(), { maxTokens: 9_001 }).kind).toBe("throttled");
    expect(admit(bedrock(), { inputTokens: 2_000, maxTokens: undefined }).kind).toBe("admitted");
    expect(admit(bedrock(), { inputTokens: 2_001, maxTokens: undefined }).kind).toBe("throttled");
  });

  it("charges input, cache writes and output times burndown in the end", () => {
    const aws = bedrock();
    const admitted = admit(aws);
    if (admitted.kind !== "admitted") throw new Error(admitted.kind);

    admitted.end({ inputTokens: 1_000, cacheWriteInputTokens: 500, outputTokens: 100 }, 1);

    expect(aws.admitsInMs({ ...call, inputTokens: 8_000, maxTokens: 0 }, 1)).toBe(0);
    expect(aws.admitsInMs({ ...call, inputTokens: 8_001, maxTokens: 0 }, 1)).toBeGreaterThan(0);
  });

  it("charges a call that failed with 5xx its input only", () => {
    const aws = bedrock();
    const admitted = admit(aws, { maxTokens: 9_000 });
    if (admitted.kind === "admitted") admitted.fail(1);

    expect(admit(aws, { inputTokens: 9_000, maxTokens: 0 }, 1).kind).toBe("admitted");
  });

  it.each([
    ["requests", { requestsPerMinute: 0 }, undefined, "Too many requests, please wait before trying again."],
    ["tokens", { tokensPerMinute: 1_999 }, undefined, "Too many tokens, please wait before trying again."],
    ["tokens per day", {}, 1_999, "Too many tokens per day, please wait before trying again."],
    [
      "an account on hold",
      { tokensPerMinute: 0 },
      undefined,
      "Too many tokens per day, please wait before trying again.",
    ],
  ])("says which quota is short: %s", (_, change, perDay, message) => {
    expect(admit(bedrock(change, perDay))).toEqual({ kind: "throttled", message });
  });

  it("takes nothing for a refused call", () => {
    const aws = bedrock({}, 3_000);
    admit(aws, { inputTokens: 3_000, maxTokens: 1_000 });
    for (let refused = 0; refused < 9; refused += 1) admit(aws, { inputTokens: 9_001 });

    expect(admit(aws, { inputTokens: 2_000, maxTokens: 1_000 }).kind).toBe("admitted");
  });

  it("charges ids that share a quota to the same one, and knows no others", () => {
    const aws = bedrock();
    admit(aws, { inputTokens: 9_000 });

    expect(admit(aws, { modelId: "arn:of:us.model" }).kind).toBe("throttled");
    expect(admit(aws, { modelId: "eu.model" }).kind).toBe("unknown-model");
    expect(admit(aws, { region: "eu-west-1" }).kind).toBe("unknown-model");
  });
});

describe("the simulated mantle", () => {
  const mantleQuota: SimulatedMantleQuota = {
    accountId: quota.accountId,
    region: quota.region,
    modelIds: ["model", "us.model"],
    inputTokensPerMinute: 10_000,
    outputTokensPerMinute: 1_000,
    maxOutputTokens: 8_000,
  };
  const mantleCall = { ...call, endpoint: "mantle", modelId: "model" } as const;
  const mantle = (change: Partial<SimulatedMantleQuota> = {}, limiter: LimiterKind = "fixed60"): SimulatedBedrock =>
    new SimulatedBedrock({
      quotas: [quota],
      mantleQuotas: [{ ...mantleQuota, ...change }],
      limiter,
      random: () => 0,
    });
  const admitted = (aws: SimulatedBedrock, change: Partial<SimulatedCall> = {}, nowMs = 0): AdmittedCall => {
    const decision = aws.admit({ ...mantleCall, ...change }, nowMs);
    if (decision.kind !== "admitted") throw new Error(decision.kind);
    return decision;
  };

  it("checks input and max_tokens against the input quota, and the model's maximum when max_tokens is unset", () => {
    expect(mantle().admit({ ...mantleCall, maxTokens: 9_000 }, 0).kind).toBe("admitted");
    expect(mantle().admit({ ...mantleCall, maxTokens: 9_001 }, 0).kind).toBe("throttled");
    expect(mantle().admit({ ...mantleCall, inputTokens: 2_000, maxTokens: undefined }, 0).kind).toBe("admitted");
    expect(mantle().admit({ ...mantleCall, inputTokens: 2_001, maxTokens: undefined }, 0).kind).toBe("throttled");
  });

  it("answers for an account on hold as AWS does, whatever the call", () => {
    const onHold = mantle({ inputTokensPerMinute: 0 });

    expect(onHold.admit(mantleCall, 0)).toMatchObject({ message: expect.stringContaining("per day") });
    expect(onHold.admitsInMs(mantleCall, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it("holds nothing on the output quota", () => {
    const aws = mantle();
    const first = admitted(aws, { maxTokens: 4_000 });
    const second = admitted(aws, { maxTokens: 4_000 });

    expect(first.write?.(500, 0)).toBe(500);
    expect(second.write?.(500, 0)).toBe(500);
  });

  it("counts output as it is generated, and grants no more than is left", () => {
    const one = mantle();
    const writer = admitted(one);

    expect([writer.write?.(700, 0), writer.write?.(700, 1), writer.write?.(1, 2)]).toEqual([700, 300, 0]);
    expect(writer.write?.(700, 60_000)).toBe(700);
  });

  it("gives max_tokens back to the input quota in the end, and keeps input and cache writes", () => {
    const aws = mantle();
    admitted(aws, { maxTokens: 9_000 }).end({ inputTokens: 1_000, cacheWriteInputTokens: 500, outputTokens: 900 }, 1);

    expect(aws.admitsInMs({ ...mantleCall, inputTokens: 8_500, maxTokens: 0 }, 1)).toBe(0);
    expect(aws.admitsInMs({ ...mantleCall, inputTokens: 8_501, maxTokens: 0 }, 1)).toBeGreaterThan(0);
  });

  it("charges a call that failed its input only", () => {
    const aws = mantle();
    admitted(aws, { maxTokens: 9_000 }).fail(1);

    expect(aws.admit({ ...mantleCall, inputTokens: 9_000, maxTokens: 0 }, 1).kind).toBe("admitted");
  });

  it("has no limit on requests", () => {
    const aws = mantle();

    for (let calls = 0; calls < 100; calls += 1) admitted(aws, { inputTokens: 1, maxTokens: 1 });
  });

  it("shares nothing with the runtime's quota of the same model", () => {
    const aws = mantle();
    admitted(aws, { modelId: "us.model", maxTokens: 9_000 });

    expect(admit(aws, { maxTokens: 9_000 }).kind).toBe("admitted");
    expect(admit(aws).kind).toBe("throttled");
    expect(aws.admit({ ...mantleCall, modelId: "arn:of:us.model" }, 0).kind).toBe("unknown-model");
    expect(aws.admitsInMs({ ...mantleCall, modelId: "nobody" }, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(["bucket25", "sliding60", "fixed60"] as const)("never grants more output than %s carries", (limiter) => {
    const aws = mantle({}, limiter);
    const writer = admitted(aws, { inputTokens: 1, maxTokens: 1 });
    let granted = 0;

    for (let nowMs = 0; nowMs < 30_000; nowMs += 50) granted += writer.write?.(37, nowMs) ?? 0;

    expect(granted).toBeLessThanOrEqual(1_000);
    expect(granted).toBeGreaterThan(700);
  });
});
