import { describe, expect, it } from "vitest";
import { rulesOf } from "./family-rules.ts";
import { conversePath, filledBody, filledFields } from "./fill-max-tokens.ts";
import { sizeOfConverse } from "./size-of-converse.ts";
import { sizeOfInvoke } from "./size-of-invoke.ts";

const messages = [{ role: "user", content: [{ text: "hello" }] }];

describe("filling in a maximum of output tokens", () => {
  it.each([
    ["nova", { messages }],
    ["titan", { inputText: "hello" }],
    ["llama", { prompt: "hello" }],
    ["openai", { messages }],
    ["mistral", { prompt: "hello" }],
    ["qwen", { messages }],
    ["deepseek", { messages }],
    ["cohere", { message: "hello" }],
  ] as const)("writes where the family reads it: %s", (family, fields) => {
    const path = rulesOf(family).fillPath!;
    const text = JSON.stringify(fields);

    for (const body of [text, Buffer.from(text), new TextEncoder().encode(text)]) {
      const filled = filledBody(body, path, 300);

      expect(typeof filled).toBe(typeof body);
      expect(sizeOfInvoke(filled, family).maxTokens).toBe(300);
      expect(JSON.parse(Buffer.from(filled!).toString())).toMatchObject(fields);
    }
  });

  it("has no place to write in Anthropic's bodies, which must say it, and in those nobody knows", () => {
    expect(rulesOf("anthropic").fillPath).toBeUndefined();
    expect(rulesOf("other").fillPath).toBeUndefined();
  });

  it("leaves what was given as it was, and keeps all that stood beside it", () => {
    const inferenceConfig = Object.freeze({ temperature: 0 });
    const input = Object.freeze({ modelId: "sonnet", messages, inferenceConfig });

    const filled = filledFields(input, conversePath, 300)!;

    expect(filled).toEqual({ modelId: "sonnet", messages, inferenceConfig: { temperature: 0, maxTokens: 300 } });
    expect(filled["messages"]).toBe(messages);
    expect(sizeOfConverse(filled, "anthropic").maxTokens).toBe(300);
    expect(input.inferenceConfig).toEqual({ temperature: 0 });
  });

  it.each([
    [{ inferenceConfig: { maxTokens: 5 } }],
    [{ inferenceConfig: { maxTokens: 0 } }],
    [{ inferenceConfig: { maxTokens: "500" } }],
    [{ inferenceConfig: { maxTokens: null } }],
    [{ max_tokens: -1 }],
    [{ max_gen_len: 1.5 }],
    [{ max_completion_tokens: null }],
    [{ additionalModelRequestFields: { max_tokens: 5 } }],
    [{ additionalModelRequestFields: { inferenceConfig: { maxTokens: "a lot" } } }],
  ])("never touches one that was set, be it a wrong one: %j", (fields) => {
    expect(filledFields({ messages, ...fields }, conversePath, 300)).toBeUndefined();
  });

  it.each([
    [{ additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2_000 } } }],
    [{ additionalModelRequestFields: { reasoning_config: { type: "enabled", budget_tokens: 2_000 } } }],
    [{ additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } } }],
    [{ thinking: { type: "adaptive" } }],
    [{ inferenceConfig: { reasoningConfig: { type: "enabled" } } }],
    [{ reasoning_effort: "high" }],
    [{ reasoning: { effort: "high" } }],
  ])("leaves a call alone that asks the model to think: %j", (fields) => {
    expect(filledFields({ messages, ...fields }, conversePath, 300)).toBeUndefined();
  });

  it("takes part in a call that asks the model not to think", () => {
    const more = { additionalModelRequestFields: { thinking: { type: "disabled" }, top_k: 3 } };

    expect(filledFields({ messages, ...more }, conversePath, 300)).toMatchObject({
      inferenceConfig: { maxTokens: 300 },
    });
  });

  it.each([[{ inferenceConfig: "x" }], [{ inferenceConfig: [] }], [{ additionalModelRequestFields: "x" }]])(
    "leaves alone what it cannot read: %j",
    (fields) => {
      expect(filledFields({ messages, ...fields }, conversePath, 300)).toBeUndefined();
    },
  );

  it.each([[undefined], [7], ["no json"], ["[]"], ["null"], [Buffer.from([0xff])]])(
    "leaves the body %j alone",
    (body) => {
      expect(filledBody(body, ["max_tokens"], 300)).toBeUndefined();
    },
  );
});
