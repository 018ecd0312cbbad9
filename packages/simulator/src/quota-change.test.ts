import { seededRandom } from "@shardrock/core";
import { expect, it } from "vitest";
import { SimulatedBedrock, type SimulatedCall } from "./simulated-bedrock.ts";

const place = { accountId: "111111111111", region: "us-east-1", modelId: "us.m" };

function bedrock(): SimulatedBedrock {
  return new SimulatedBedrock({
    quotas: [{ ...place, modelIds: ["us.m", "copy"], tokensPerMinute: 60_000, burndown: 1, maxOutputTokens: 100 }],
    mantleQuotas: [
      { ...place, modelIds: ["m"], inputTokensPerMinute: 1_000, outputTokensPerMinute: 500, maxOutputTokens: 100 },
    ],
    limiter: "fixed60",
    random: seededRandom(1),
  });
}

function call(inputTokens: number, more: Partial<SimulatedCall> = {}): SimulatedCall {
  return { ...place, inputTokens, maxTokens: 0, ...more };
}

it("enforces a lower limit at once, for every id that shares the quota", () => {
  const aws = bedrock();

  aws.changeQuota(place, { tokensPerMinute: 1_000 }, 0);

  expect(aws.admit(call(1_001), 0).kind).toBe("throttled");
  expect(aws.admit(call(1_001, { modelId: "copy" }), 0).kind).toBe("throttled");
  expect(aws.admit(call(1_000), 0).kind).toBe("admitted");
  expect(aws.limitsOf(place)).toEqual({ tokensPerMinute: 1_000 });
});

it("enforces a higher limit at once", () => {
  const aws = bedrock();
  expect(aws.admit(call(60_000), 0).kind).toBe("admitted");

  aws.changeQuota(place, { tokensPerMinute: 90_000 }, 0);

  expect(aws.admit(call(30_000), 0).kind).toBe("admitted");
  expect(aws.admit(call(1), 0).kind).toBe("throttled");
});

it("puts an account on hold at 0, with the words of a daily quota, and takes it off again", () => {
  const aws = bedrock();

  aws.changeQuota(place, { tokensPerMinute: 0 }, 0);
  expect(aws.admit(call(1), 0)).toEqual({
    kind: "throttled",
    message: "Too many tokens per day, please wait before trying again.",
  });
  expect(aws.admitsInMs(call(1), 0)).toBe(Number.POSITIVE_INFINITY);

  aws.changeQuota(place, { tokensPerMinute: 100 }, 0);
  expect(aws.admit(call(100), 0).kind).toBe("admitted");
});

it("brings in a limit on requests where there was none", () => {
  const aws = bedrock();

  aws.changeQuota(place, { requestsPerMinute: 1 }, 0);

  expect(aws.admit(call(1), 0).kind).toBe("admitted");
  expect(aws.admit(call(1), 0)).toMatchObject({ message: "Too many requests, please wait before trying again." });
  expect(aws.limitsOf(place)).toEqual({ tokensPerMinute: 60_000, requestsPerMinute: 1 });
});

it("changes the quotas of mantle apart from those of runtime", () => {
  const aws = bedrock();
  const mantle = { ...place, modelId: "m", endpoint: "mantle" } as const;

  aws.changeQuota(mantle, { inputTokensPerMinute: 0 }, 0);

  expect(aws.admit(call(1, mantle), 0).kind).toBe("throttled");
  expect(aws.admit(call(1), 0).kind).toBe("admitted");
  expect(aws.limitsOf(mantle)).toEqual({ inputTokensPerMinute: 0, outputTokensPerMinute: 500 });
});

it("refuses to change a quota that there is not, or to a limit below 0", () => {
  const aws = bedrock();

  expect(() => aws.changeQuota({ ...place, modelId: "other" }, { tokensPerMinute: 1 }, 0)).toThrow("no quota of other");
  expect(() => aws.changeQuota(place, { tokensPerMinute: -1 }, 0)).toThrow("tokensPerMinute must be 0 or more, got -1");
});
