import { describe, expect, it } from "vitest";
import { SimulatedBedrock, type SimulatedQuota } from "./simulated-bedrock.ts";

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
