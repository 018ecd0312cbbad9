import { describe, expect, it } from "vitest";
import { modelFacts } from "./model-catalogue.ts";

describe("the model catalogue", () => {
  it.each([
    ["anthropic.claude-3-haiku-20240307-v1:0", 5],
    ["anthropic.claude-sonnet-4-20250514-v1:0", 5],
    ["anthropic.claude-opus-4-1-20250805-v1:0", 5],
    ["anthropic.claude-sonnet-4-6", 5],
    ["anthropic.claude-opus-4-6-v1", 5],
    ["anthropic.claude-opus-4-7", 5],
    ["anthropic.claude-opus-4-8", 15],
    ["anthropic.claude-sonnet-5", 10],
    ["anthropic.claude-opus-5", 10],
    ["anthropic.claude-opus-5-5", 10],
    ["anthropic.claude-fable-5-1", 10],
    ["openai.gpt-5.6-sol", 10],
    ["openai.gpt-oss-120b-1:0", 1],
    ["amazon.nova-pro-v1:0", 1],
    ["meta.llama3-1-70b-instruct-v1:0", 1],
    ["qwen.qwen3-32b-v1:0", 1],
    ["newcomer.model-v1:0", 1],
  ])("charges %s %d quota tokens for one output token", (id, burndown) => {
    expect(modelFacts(id).burndown).toBe(burndown);
  });

  it.each(["anthropic.claude-sonnet-4-9", "anthropic.claude-opus-4-80", "anthropic.claude-next", "openai.gpt-6-astra"])(
    "charges %s, which it does not know, the high rate",
    (id) => {
      expect(modelFacts(id).burndown).toBe(10);
    },
  );

  it.each([
    ["anthropic.claude-sonnet-4-6", 64_000],
    ["anthropic.claude-opus-4-8", 128_000],
    ["anthropic.claude-next", undefined],
    ["amazon.nova-pro-v1:0", undefined],
  ])("knows the longest answer of %s, or admits that it does not", (id, maxOutputTokens) => {
    expect(modelFacts(id).maxOutputTokens).toBe(maxOutputTokens);
  });

  it("says where every fact comes from, and when it was read", () => {
    expect(modelFacts("anthropic.claude-opus-4-8")).toMatchObject({
      source: expect.stringContaining("AWS"),
      readOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
  });
});
