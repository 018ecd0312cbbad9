import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  actualCost,
  promptTokens,
  usageOfBody,
  usageOfConverse,
  usageOfHeaders,
  usageOfInvocationMetrics,
} from "./measure.ts";

const absurd = [Number.NaN, -1, "12", Infinity, 1.5, 1e308, undefined, null, {}, 20_000_001, true];

describe("usage", () => {
  it("reads what Converse reports, and takes missing cache counts as 0", () => {
    expect(usageOfConverse({ inputTokens: 7, outputTokens: 3, totalTokens: 10 })).toEqual({
      inputTokens: 7,
      outputTokens: 3,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    });
  });

  it.each(absurd)("is unknown when the input count is %s", (count) => {
    expect(usageOfConverse({ inputTokens: count, outputTokens: 3 })).toBeUndefined();
  });

  it.each(absurd)("is unknown when the output count is %s", (count) => {
    expect(usageOfConverse({ inputTokens: 7, outputTokens: count })).toBeUndefined();
  });

  it.each(absurd.filter((count) => count !== undefined && count !== null))(
    "is unknown when a cache count is %s",
    (count) => {
      expect(usageOfConverse({ inputTokens: 7, outputTokens: 3, cacheWriteInputTokens: count })).toBeUndefined();
    },
  );

  it("is unknown for what is no object", () => {
    expect([undefined, null, "x", 3, []].map(usageOfConverse)).toEqual(Array(5).fill(undefined));
  });

  it("never holds anything but whole numbers from 0 up, whatever AWS sends", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (inputTokens, outputTokens, cacheReadInputTokens) => {
        const usage = usageOfConverse({ inputTokens, outputTokens, cacheReadInputTokens });

        for (const count of Object.values(usage ?? {})) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      }),
    );
  });

  it("reads the headers of InvokeModel", () => {
    expect(
      usageOfHeaders({
        "x-amzn-bedrock-input-token-count": "11",
        "x-amzn-bedrock-output-token-count": "22",
        "x-amzn-bedrock-cache-read-input-token-count": "33",
        "x-amzn-bedrock-cache-write-input-token-count": "44",
      }),
    ).toEqual({ inputTokens: 11, outputTokens: 22, cacheReadInputTokens: 33, cacheWriteInputTokens: 44 });
  });

  it.each(["", "-1", "1e3", "0x10", " 7", "7.5", "99999999999"])("is unknown when a header says %j", (text) => {
    expect(
      usageOfHeaders({ "x-amzn-bedrock-input-token-count": text, "x-amzn-bedrock-output-token-count": "1" }),
    ).toBeUndefined();
  });

  it("reads the metrics that close an InvokeModel stream", () => {
    const metrics = {
      inputTokenCount: 7,
      outputTokenCount: 126,
      cacheReadInputTokenCount: 5,
      cacheWriteInputTokenCount: 2,
    };

    expect(usageOfInvocationMetrics(metrics)).toEqual({
      inputTokens: 7,
      outputTokens: 126,
      cacheReadInputTokens: 5,
      cacheWriteInputTokens: 2,
    });
  });

  it.each([
    [
      "Anthropic",
      { usage: { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 } },
      [1, 2, 3, 4],
    ],
    [
      "Nova",
      { usage: { inputTokens: 1, outputTokens: 2, cacheReadInputTokenCount: 3, cacheWriteInputTokenCount: 4 } },
      [1, 2, 3, 4],
    ],
    [
      "OpenAI",
      { usage: { prompt_tokens: 1, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 1 } } },
      [1, 2, 0, 0],
    ],
    ["Llama", { generation: "x", prompt_token_count: 1, generation_token_count: 2 }, [1, 2, 0, 0]],
  ])(
    "reads the body of %s",
    (_family, body, [inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens]) => {
      expect(usageOfBody(body)).toEqual({ inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens });
    },
  );

  it.each([
    [undefined],
    [null],
    ["text"],
    [{}],
    [{ usage: null }],
    [{ usage: { input_tokens: "1", output_tokens: 1 } }],
  ])("is unknown for the body %j", (body) => {
    expect(usageOfBody(body)).toBeUndefined();
  });
});

describe("actual cost", () => {
  it("weighs output by the burndown rate, counts cache writes once and cache reads not at all", () => {
    const usage = { inputTokens: 26, outputTokens: 1203, cacheReadInputTokens: 8814, cacheWriteInputTokens: 10 };

    expect(actualCost(usage, 5)).toEqual({ requests: 1, tokens: 26 + 10 + 5 * 1203 });
    expect(promptTokens(usage)).toBe(26 + 8814 + 10);
  });
});
