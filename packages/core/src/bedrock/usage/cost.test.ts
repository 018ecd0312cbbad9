import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostTokens, type UsageReading } from "./answer/token-usage.ts";
import { usageOfBody } from "./answer/usage-of-body.ts";
import { usageOfChat } from "./answer/usage-of-chat.ts";
import { usageOfConverse } from "./answer/usage-of-converse.ts";
import { usageOfHeaders, usageOfInvocationMetrics } from "./answer/usage-of-invoke.ts";
import { usageOfMessages } from "./answer/usage-of-messages.ts";
import { usageOfResponses } from "./answer/usage-of-responses.ts";
import { actualCost, holdCost, promptTokens } from "./cost.ts";

const size = { textBytes: 1_000, blockTokens: 300, maxTokens: 50, bytes: 1_000 };
const usage = { inputTokens: 26, outputTokens: 1203, cacheReadInputTokens: 8814, cacheWriteInputTokens: 10 };

describe("what a call is held for", () => {
  it("is input plus maxTokens, unweighted, and one request", () => {
    const rules = { tokensPerByte: 0.25, maxOutputTokens: 64_000, endpoint: "runtime" } as const;

    expect(holdCost(size, rules)).toEqual({ requests: 1, tokens: 600 });
  });

  it("is all of it input on bedrock-mantle, which counts output as it comes", () => {
    const rules = { tokensPerByte: 0.25, maxOutputTokens: 64_000, endpoint: "mantle" } as const;

    expect(holdCost(size, rules)).toEqual({ inputTokens: 600, outputTokens: 0 });
  });

  it.each([
    ["runtime", { requests: 1, tokens: 64_000 }],
    ["mantle", { inputTokens: 64_000, outputTokens: 0 }],
  ] as const)("has the model's maximum in it when the call sets none, on %s", (endpoint, cost) => {
    const unset = { textBytes: 0, blockTokens: 0, maxTokens: undefined, bytes: 0 };

    expect(holdCost(unset, { tokensPerByte: 0.25, maxOutputTokens: 64_000, endpoint })).toEqual(cost);
  });
});

describe("what a call took", () => {
  it("weighs output by the burndown rate, counts cache writes once and cache reads not at all", () => {
    expect(actualCost(usage, 5, "runtime")).toEqual({ requests: 1, tokens: 26 + 10 + 5 * 1203 });
    expect(promptTokens(usage)).toBe(26 + 8814 + 10);
  });

  it("is input and output apart on bedrock-mantle, without a burndown", () => {
    expect(actualCost(usage, 5, "mantle")).toEqual({ inputTokens: 26 + 10, outputTokens: 1203 });
  });

  const apis = [
    { read: usageOfConverse, names: "inputTokens outputTokens cacheReadInputTokens cacheWriteInputTokens" },
    {
      read: usageOfInvocationMetrics,
      names: "inputTokenCount outputTokenCount cacheReadInputTokenCount cacheWriteInputTokenCount",
    },
    { read: usageOfMessages, names: "input_tokens output_tokens cache_read_input_tokens cache_creation_input_tokens" },
    { read: usageOfChat, names: "prompt_tokens completion_tokens prompt_tokens_details" },
    { read: usageOfResponses, names: "input_tokens output_tokens input_tokens_details" },
    { read: usageOfBody, names: "usage inputTextTokenCount results prompt_token_count generation_token_count meta" },
    {
      read: usageOfHeaders,
      names:
        "x-amzn-bedrock-input-token-count x-amzn-bedrock-output-token-count x-amzn-bedrock-cache-write-input-token-count",
    },
  ] as const;
  const oddNumbers = fc.constantFrom(Number.NaN, -1, Infinity, -Infinity, 1.5, 1e308, -0, 2 ** 53, mostTokens);
  const count = fc.oneof(fc.nat(), fc.nat(mostTokens), oddNumbers, fc.double(), fc.string(), fc.jsonValue());
  const details = fc.record({ cached_tokens: count, cache_write_tokens: count });

  it.each(apis)("is never NaN, negative, endless or above what a call can take, whatever is in $names", (api) => {
    const slots = Object.fromEntries(api.names.split(" ").map((name) => [name, fc.oneof(count, details)]));
    fc.assert(
      fc.property(fc.record(slots), fc.constantFrom(1, 5, 15), (answer, burndown) => {
        const reading: UsageReading = api.read(answer);
        if (reading.kind !== "reported") return;
        const costs = [actualCost(reading.usage, burndown, "runtime"), actualCost(reading.usage, burndown, "mantle")];
        for (const units of costs.flatMap((cost) => Object.values(cost))) {
          expect(Number.isFinite(units) && units >= 0 && units <= mostTokens * burndown).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
