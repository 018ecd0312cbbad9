import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UsageReading } from "./token-usage.ts";
import { usageOfBody } from "./usage-of-body.ts";
import { usageOfChat } from "./usage-of-chat.ts";
import { usageOfConverse } from "./usage-of-converse.ts";
import { usageOfHeaders, usageOfInvocationMetrics, usageOfInvoke } from "./usage-of-invoke.ts";
import { usageOfMessages } from "./usage-of-messages.ts";
import { usageOfResponses } from "./usage-of-responses.ts";

const garbage = [Number.NaN, -1, "12", Infinity, 1.5, 1e308, {}, [7], 20_000_001, true];

/** Input, output, cache reads and cache writes. */
function reported(input: number, output: number, [reads, writes] = [0, 0]): UsageReading {
  const cache = { cacheReadInputTokens: reads ?? 0, cacheWriteInputTokens: writes ?? 0 };
  return { kind: "reported", usage: { inputTokens: input, outputTokens: output, ...cache } };
}

const readers = [
  {
    api: "Converse",
    read: usageOfConverse,
    usage: { inputTokens: 7, outputTokens: 3, cacheReadInputTokens: 5, cacheWriteInputTokens: 2, totalTokens: 17 },
    expected: reported(7, 3, [5, 2]),
  },
  {
    api: "InvokeModel metrics",
    read: usageOfInvocationMetrics,
    usage: { inputTokenCount: 7, outputTokenCount: 3, cacheReadInputTokenCount: 5, cacheWriteInputTokenCount: 2 },
    expected: reported(7, 3, [5, 2]),
  },
  {
    api: "Anthropic Messages",
    read: usageOfMessages,
    usage: { input_tokens: 7, output_tokens: 3, cache_read_input_tokens: 5, cache_creation_input_tokens: 2 },
    expected: reported(7, 3, [5, 2]),
  },
  {
    api: "OpenAI chat",
    read: usageOfChat,
    usage: { prompt_tokens: 14, completion_tokens: 3, total_tokens: 17 },
    expected: reported(14, 3),
  },
  {
    api: "OpenAI Responses",
    read: usageOfResponses,
    usage: { input_tokens: 14, output_tokens: 3, total_tokens: 17 },
    expected: reported(14, 3),
  },
] as const;

describe.each(readers)("usage of $api", ({ read, usage, expected }) => {
  it("is what was reported", () => {
    expect(read(usage)).toEqual(expected);
  });

  it.each(garbage)("is invalid when any one count is %s", (count) => {
    for (const name of Object.keys(usage).filter((name) => !name.startsWith("total"))) {
      expect(read({ ...usage, [name]: count })).toEqual({ kind: "invalid" });
    }
  });

  it.each([undefined, null])("is missing when input or output is %s", (nothing) => {
    for (const name of Object.keys(usage).slice(0, 2)) {
      expect(read({ ...usage, [name]: nothing })).toEqual({ kind: "missing" });
    }
  });

  it("is missing when nothing was said, and invalid when it is no object", () => {
    for (const nothing of [undefined, null, {}]) expect(read(nothing)).toEqual({ kind: "missing" });
    for (const wrong of ["x", 3, [], true]) expect(read(wrong)).toEqual({ kind: "invalid" });
  });

  it("is invalid when its counts are more than any call can have together", () => {
    const [first = "", second = ""] = Object.keys(usage);

    expect(read({ ...usage, [first]: 19_000_000, [second]: 19_000_000 })).toEqual({ kind: "invalid" });
  });
});

describe("usage", () => {
  it("takes missing cache counts of Converse as 0, and passes over their details", () => {
    const cacheDetails = [{ ttl: "1h", inputTokens: 5 }];

    expect(usageOfConverse({ inputTokens: 7, outputTokens: 3, totalTokens: 10, cacheDetails })).toEqual(reported(7, 3));
  });

  it.each([
    [usageOfChat, "prompt_tokens", "completion_tokens", "prompt_tokens_details"],
    [usageOfResponses, "input_tokens", "output_tokens", "input_tokens_details"],
  ] as const)("takes OpenAI's cached tokens out of its input", (read, input, output, details) => {
    const usage = { [input]: 100, [output]: 3 };
    const of = (cached: unknown) => read({ ...usage, [details]: cached });

    expect(of({ cached_tokens: 60 })).toEqual(reported(40, 3, [60, 0]));
    expect(of({ cached_tokens: 60, cache_write_tokens: 30 })).toEqual(reported(10, 3, [60, 30]));
    expect(of({ cached_tokens: 60, cache_write_tokens: 90 })).toEqual(reported(0, 3, [60, 40]));
    expect(of({ cached_tokens: null })).toEqual(reported(100, 3));
    expect(of({ cached_tokens: 101 })).toEqual({ kind: "invalid" });
    expect(of(60)).toEqual({ kind: "invalid" });
    for (const count of garbage) expect(of({ cached_tokens: count })).toEqual({ kind: "invalid" });
    for (const count of garbage) expect(of({ cache_write_tokens: count })).toEqual({ kind: "invalid" });
  });

  it("reads the headers of InvokeModel", () => {
    expect(usageOfHeaders(headers("11", "22", ["33", "44"]))).toEqual(reported(11, 22, [33, 44]));
    expect(usageOfHeaders({})).toEqual({ kind: "missing" });
  });

  it.each(["", "-1", "1e3", "0x10", " 7", "7.5", "99999999999", "7, 7"])("is invalid when a header says %j", (text) => {
    expect(usageOfHeaders(headers(text, "1"))).toEqual({ kind: "invalid" });
    expect(usageOfHeaders(headers("1", "1", [text, "1"]))).toEqual({ kind: "invalid" });
  });

  it("believes InvokeModel's headers before the body, and a body before broken headers", () => {
    const body = { usage: { input_tokens: 1, output_tokens: 2 } };

    expect(usageOfInvoke(headers("11", "22"), body)).toEqual(reported(11, 22));
    expect(usageOfInvoke({}, body)).toEqual(reported(1, 2));
    expect(usageOfInvoke(headers("x", "22"), body)).toEqual(reported(1, 2));
    expect(usageOfInvoke(headers("x", "22"), {})).toEqual({ kind: "invalid" });
    expect(usageOfInvoke({}, { usage: "much" })).toEqual({ kind: "invalid" });
    expect(usageOfInvoke({}, undefined)).toEqual({ kind: "missing" });
  });

  it("never holds anything but whole numbers from 0 up, whatever stands where", () => {
    const names =
      "usage meta billed_units response results tokenCount prompt_tokens_details inputTokens outputTokens input_tokens " +
      "output_tokens cached_tokens input_tokens_details prompt_tokens completion_tokens prompt_token_count generation_token_count";
    const slots = fc.constantFrom(...names.split(" "));
    const anything = fc.object({
      key: slots,
      maxDepth: 4,
      values: [fc.nat(), fc.double(), fc.string(), fc.anything()],
    });
    fc.assert(
      fc.property(anything, (value) => {
        for (const read of [...readers.map((each) => each.read), usageOfBody, usageOfHeaders]) {
          const reading = read(value);
          const counts = reading.kind === "reported" ? Object.values(reading.usage) : [];
          for (const count of counts) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function headers(input: string, output: string, [reads, writes]: readonly (string | undefined)[] = []) {
  return {
    "x-amzn-bedrock-input-token-count": input,
    "x-amzn-bedrock-output-token-count": output,
    "x-amzn-bedrock-cache-read-input-token-count": reads,
    "x-amzn-bedrock-cache-write-input-token-count": writes,
  };
}
