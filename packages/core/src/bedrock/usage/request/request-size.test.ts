import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeOfConverse } from "./size-of-converse.ts";
import { sizeOfInvoke } from "./size-of-invoke.ts";
import { rulesOf } from "./family-rules.ts";

const prompt = "How many quotas does a bank need? ".repeat(100);
const wrapping = 40;

describe("the size of a Converse request", () => {
  it("counts the text of messages, system and tools in bytes of UTF-8", () => {
    const input: ConverseCommandInput = {
      modelId: "m",
      system: [{ text: "ä".repeat(500) }],
      messages: [{ role: "user", content: [{ text: prompt }] }],
      toolConfig: { tools: [{ toolSpec: { name: "t", inputSchema: { json: { description: "x".repeat(700) } } } }] },
    };

    const { textBytes, blockTokens } = sizeOfConverse(input, "anthropic");

    const text = 1_000 + prompt.length + 700;
    expect(textBytes).toBeGreaterThanOrEqual(text);
    expect(textBytes).toBeLessThan(text + 100);
    expect(blockTokens).toBe(0);
  });

  it.each([
    ["anthropic", 1_600],
    ["nova", 2_600],
  ] as const)("counts an image of %s as %i tokens, however large the file", (family, tokens) => {
    const image = { image: { format: "png" as const, source: { bytes: new Uint8Array(500_000) } } };

    const size = sizeOfConverse({ messages: [{ role: "user", content: [image, { text: "?" }] }] }, family);

    expect(size.blockTokens).toBe(tokens);
    expect(size.textBytes).toBeLessThan(wrapping);
    expect(size.bytes).toBeGreaterThan(500_000);
  });

  it("counts the pages of a PDF, and the text of a text file as text", () => {
    const pdf = Buffer.from("%PDF-1.4 /Type /Pages /Type /Page x /Type/Page y /Type /Page z");
    const document = (format: "pdf" | "txt", bytes: Uint8Array) => ({
      document: { format, name: "n", source: { bytes } },
    });
    const sized = (block: unknown) => sizeOfConverse({ messages: [{ content: [block] }] }, "anthropic").blockTokens;

    expect(sized(document("pdf", pdf))).toBe(3 * rulesOf("anthropic").pdfPageTokens);
    expect(sized(document("pdf", new Uint8Array(175_000)))).toBe(4 * rulesOf("anthropic").pdfPageTokens);
    expect(sized(document("txt", new Uint8Array(4_000)))).toBe(1_100);
  });

  it("counts a document given as text, and blocks inside tool results", () => {
    const content = [
      { document: { format: "txt", name: "n", source: { text: "x".repeat(900) } } },
      { toolResult: { toolUseId: "i", content: [{ image: { format: "png", source: { bytes: new Uint8Array(9) } } }] } },
    ];

    const { textBytes, blockTokens } = sizeOfConverse({ messages: [{ content }] }, "anthropic");

    expect(textBytes).toBeGreaterThanOrEqual(900);
    expect(blockTokens).toBe(1_600);
  });

  it.each([
    [500, 500],
    [undefined, undefined],
    [0, undefined],
    [Number.NaN, undefined],
    ["500", undefined],
  ])("reads maxTokens %s as %s", (maxTokens, read) => {
    expect(sizeOfConverse({ inferenceConfig: { maxTokens } }, "anthropic").maxTokens).toBe(read);
  });

  it("never fails and never loses count, whatever the request is", () => {
    fc.assert(
      fc.property(fc.anything(), (messages) => {
        const { textBytes, blockTokens, bytes } = sizeOfConverse({ messages }, "nova");

        for (const count of [textBytes, blockTokens, bytes]) expect(Number.isFinite(count) && count >= 0).toBe(true);
      }),
    );
  });

  it("ends for a request that contains itself", () => {
    const loop: Record<string, unknown> = { text: "x" };
    loop["one"] = loop;
    loop["two"] = loop;

    expect(sizeOfConverse({ messages: [loop] }, "anthropic").textBytes).toBeGreaterThan(0);
  });
});

describe("the size of an InvokeModel request", () => {
  it.each([
    ["anthropic", { max_tokens: 77, messages: [{ role: "user", content: prompt }] }, 77],
    ["nova", { inferenceConfig: { maxTokens: 77 }, messages: [{ role: "user", content: [{ text: prompt }] }] }, 77],
    ["nova", { inferenceConfig: { max_new_tokens: 77 }, messages: [{ content: [{ text: prompt }] }] }, 77],
    ["llama", { prompt, max_gen_len: 77 }, 77],
    ["mistral", { prompt, max_tokens: 77 }, 77],
    ["openai", { messages: [{ role: "user", content: prompt }], max_completion_tokens: 77 }, 77],
    ["titan", { inputText: prompt, textGenerationConfig: { maxTokenCount: 77 } }, 77],
    ["llama", { prompt, max_tokens: 77 }, undefined],
    ["other", { prompt }, undefined],
  ] as const)("reads the body of %s", (family, body, maxTokens) => {
    for (const form of [
      JSON.stringify(body),
      Buffer.from(JSON.stringify(body)),
      new TextEncoder().encode(JSON.stringify(body)),
    ]) {
      const size = sizeOfInvoke(form, family);

      expect(size.maxTokens).toBe(maxTokens);
      expect(size.textBytes).toBeGreaterThanOrEqual(prompt.length);
      expect(size.textBytes).toBeLessThan(prompt.length + 80);
      expect(size.bytes).toBe(JSON.stringify(body).length);
    }
  });

  it("counts images in base64 by the block rule, in the shapes of Anthropic, Nova and OpenAI", () => {
    const data = "A".repeat(40_000);
    const shapes = [
      { type: "image", source: { type: "base64", media_type: "image/png", data } },
      { image: { format: "png", source: { bytes: data } } },
      { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } },
    ];

    for (const shape of shapes) {
      const { textBytes, blockTokens } = sizeOfInvoke(
        JSON.stringify({ messages: [{ content: [shape] }] }),
        "anthropic",
      );

      expect(blockTokens).toBe(1_600);
      expect(textBytes).toBeLessThan(120);
    }
  });

  it("takes a body it cannot read for text, with the model's maximum", () => {
    expect(sizeOfInvoke("not json", "anthropic")).toEqual({
      textBytes: 8,
      blockTokens: 0,
      maxTokens: undefined,
      bytes: 8,
    });
    expect(sizeOfInvoke(undefined, "anthropic")).toEqual({
      textBytes: 0,
      blockTokens: 0,
      maxTokens: undefined,
      bytes: 0,
    });
  });
});
