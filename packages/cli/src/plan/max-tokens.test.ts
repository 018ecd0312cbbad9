import { expect, it } from "vitest";
import type { TraceCall } from "../traces/trace-call.ts";
import { withMaxTokens } from "./max-tokens.ts";

const call: TraceCall = {
  atMs: 0,
  model: "chat",
  tenant: undefined,
  inputTokens: 900,
  outputTokens: 300,
  maxTokens: undefined,
  priority: 0,
};

it.each([
  ["halves what a call sets", 1_000, undefined, 500],
  ["halves the model's maximum where a call sets none", undefined, 4_000, 2_000],
  ["never cuts an answer", 400, 4_000, 300],
  ["leaves a call alone whose max_tokens the router fills in by what it has learnt", undefined, undefined, undefined],
] as const)("%s", (_name, maxTokens, maximum, expected) => {
  expect(withMaxTokens({ ...call, maxTokens }, "halved", maximum).maxTokens).toBe(expected);
});
