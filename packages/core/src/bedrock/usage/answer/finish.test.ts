import { describe, expect, it } from "vitest";
import { finishOf, withFinish } from "./finish.ts";

describe("why an answer ended", () => {
  it.each([
    ["Converse", { stopReason: "end_turn" }, { stopReason: "max_tokens" }],
    ["Anthropic", { stop_reason: "stop_sequence" }, { stop_reason: "max_tokens" }],
    ["a full context window", { stop_reason: "tool_use" }, { stop_reason: "model_context_window_exceeded" }],
    ["Llama", { stop_reason: "stop" }, { stop_reason: "length" }],
    ["OpenAI chat", { choices: [{ finish_reason: "tool_calls" }] }, { choices: [{ finish_reason: "length" }] }],
    ["DeepSeek", { choices: [{ stop_reason: "stop" }] }, { choices: [{ stop_reason: "length" }] }],
    ["Mistral", { outputs: [{ stop_reason: "stop" }] }, { outputs: [{ stop_reason: "length" }] }],
    ["Titan", { results: [{ completionReason: "FINISH" }] }, { results: [{ completionReason: "LENGTH" }] }],
    ["Cohere", { finish_reason: "COMPLETE" }, { finish_reason: "MAX_TOKENS" }],
    [
      "Responses",
      { status: "completed", incomplete_details: null },
      { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    ],
  ])("is read off %s, whole or cut", (_name, whole, cut) => {
    expect(finishOf(whole)).toBe("complete");
    expect(finishOf(cut)).toBe("cut");
  });

  it.each([
    [{ stopReason: "guardrail_intervened" }],
    [{ stopReason: "content_filtered" }],
    [{ stop_reason: "pause_turn" }],
    [{ stop_reason: "a reason of tomorrow" }],
    [{ choices: [{ finish_reason: "stop" }, { finish_reason: "stop" }] }],
    [{ choices: [{ index: 1, finish_reason: "stop" }] }],
    [{ status: "incomplete", incomplete_details: { reason: "content_filter" } }],
    [{ status: "incomplete" }],
  ])("says nothing of the answer's length in %j", (answer) => {
    expect(finishOf(answer)).toBe("other");
  });

  it.each([[undefined], [null], ["stop"], [[]], [{}], [{ stop_reason: null }], [{ stopReason: 7 }], [{ choices: [] }]])(
    "is not known from %j",
    (answer) => {
      expect(finishOf(answer)).toBeUndefined();
    },
  );

  it("stands beside usage that was reported, and beside no other", () => {
    const usage = { inputTokens: 1, outputTokens: 1, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };

    expect(withFinish({ kind: "reported", usage }, "cut")).toEqual({ kind: "reported", usage, finish: "cut" });
    expect(withFinish({ kind: "missing" }, "cut")).toEqual({ kind: "missing" });
  });
});
