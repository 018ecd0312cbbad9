import { describe, expect, it } from "vitest";
import { SimulatedBedrock, type SimulatedCall } from "./simulated-bedrock.ts";

const place = { region: "us-east-1", modelId: "m", inputTokens: 10, maxTokens: 100 };
const quota = { region: "us-east-1", modelIds: ["m"], burndown: 1, maxOutputTokens: 100 };
const open = (tokensPerMinute = 100_000) =>
  new SimulatedBedrock({
    quotas: ["111111111111", "222222222222"].map((accountId) => ({ ...quota, accountId, tokensPerMinute })),
    limiter: "bucket100",
    random: () => 0,
  });
const call = (tokens: number, accountId = "111111111111"): SimulatedCall => ({
  ...place,
  accountId,
  cachePrefix: { key: "k", tokens },
});

describe("the simulated prompt cache", () => {
  it("is written by the first call, read by the next, and grows with the prefix", () => {
    const bedrock = open();

    expect(bedrock.admit(call(1_000), 0)).toMatchObject({ cacheReadInputTokens: 0, cacheWriteInputTokens: 1_000 });
    expect(bedrock.admit(call(1_500), 1)).toMatchObject({ cacheReadInputTokens: 1_000, cacheWriteInputTokens: 500 });
    expect(bedrock.admit(call(400), 2)).toMatchObject({ cacheReadInputTokens: 400, cacheWriteInputTokens: 0 });
    expect(bedrock.admit(call(1_500), 3)).toMatchObject({ cacheReadInputTokens: 1_500, cacheWriteInputTokens: 0 });
  });

  it("belongs to one account, and lives five minutes from its last hit", () => {
    const bedrock = open();
    bedrock.admit(call(1_000), 0);

    expect(bedrock.admit(call(1_000, "222222222222"), 1)).toMatchObject({ cacheReadInputTokens: 0 });
    expect(bedrock.admit(call(1_000), 299_999)).toMatchObject({ cacheReadInputTokens: 1_000 });
    expect(bedrock.admit(call(1_000), 599_998)).toMatchObject({ cacheReadInputTokens: 1_000 });
    expect(bedrock.admit(call(1_000), 899_998)).toMatchObject({ cacheReadInputTokens: 0 });
  });

  it("charges the quota for what is written and not for what is read", () => {
    const bedrock = open(2_500);

    expect(bedrock.admit(call(2_000), 0).kind).toBe("admitted");
    expect(bedrock.admitsInMs(call(2_000), 0), "110 tokens of the 390 left").toBe(0);
    expect(bedrock.admit(call(2_000), 0).kind).toBe("admitted");
    expect(bedrock.admit({ ...call(2_000), cachePrefix: { key: "other", tokens: 2_000 } }, 0).kind).toBe("throttled");
  });

  it("keeps nothing of a call that was refused", () => {
    const bedrock = open(2_500);
    bedrock.admit(call(2_000), 0);
    const other = { ...call(2_000), cachePrefix: { key: "other", tokens: 2_000 } };

    bedrock.admit(other, 0);

    expect(bedrock.admit(other, 60_000)).toMatchObject({ cacheReadInputTokens: 0 });
  });
});
