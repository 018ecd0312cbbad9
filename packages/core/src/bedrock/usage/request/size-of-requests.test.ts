import type { ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelFamily } from "../../fleet/model-catalogue.ts";
import { rulesOf } from "./family-rules.ts";
import { sizeOfChat } from "./size-of-chat.ts";
import { sizeOfConverse } from "./size-of-converse.ts";
import { sizeOfCountTokens } from "./size-of-count-tokens.ts";
import { sizeOfInvoke } from "./size-of-invoke.ts";
import { sizeOfMessages } from "./size-of-messages.ts";
import { sizeOfResponses } from "./size-of-responses.ts";

const prompt = "How many quotas does a bank need? ".repeat(100);
const wrapping = 60;

/** A PNG of 640 × 480 pixels and 30,000 bytes. */
const png = Buffer.concat([
  Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAAAAAAQuoM4", "base64"),
  Buffer.alloc(29_967),
]);
const base64 = png.toString("base64");
const pixels = { width: 640, height: 480 };
const imageOf = (family: ModelFamily) => rulesOf(family).imageTokens({ pixels, detail: undefined });
const someImageOf = (family: ModelFamily) => rulesOf(family).imageTokens({ pixels: undefined, detail: undefined });

/** Three pages. */
const pdf = Buffer.from("%PDF-1.4 /Type /Pages /Type /Page x /Type/Page y /Type /Page z".padEnd(3_000));
const pages = 3 * rulesOf("anthropic").pdfPageTokens;

const inMessage = (...content: unknown[]) => ({ messages: [{ role: "user", content }] });

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

  it.each(["anthropic", "nova", "openai", "mistral", "qwen", "llama"] as const)(
    "counts an image by the rule of %s, however large the file",
    (family) => {
      const image = (bytes: Uint8Array) => ({ image: { format: "png", source: { bytes } } });

      const known = sizeOfConverse(inMessage(image(png), { text: "?" }), family);
      const unknown = sizeOfConverse(inMessage(image(new Uint8Array(500_000))), family);

      expect(known).toMatchObject({ blockTokens: imageOf(family) });
      expect(known.textBytes).toBeLessThan(wrapping);
      expect(known.bytes).toBeGreaterThan(png.length);
      expect(unknown.blockTokens).toBe(someImageOf(family));
    },
  );

  it("counts pages of a PDF, bytes of an office file, and the text of a text file as text", () => {
    const sized = (format: string, bytes: Uint8Array) =>
      sizeOfConverse(inMessage({ document: { format, name: "n", source: { bytes } } }), "anthropic").blockTokens;

    expect(sized("pdf", pdf)).toBe(pages);
    expect(sized("pdf", new Uint8Array(175_000))).toBe(4 * rulesOf("anthropic").pdfPageTokens);
    expect(sized("docx", new Uint8Array(4_000))).toBe(400);
    expect(sized("txt", new Uint8Array(4_000))).toBe(1_100);
  });

  it("counts a minute of video by its bytes, and one that lies in S3 as a short one", () => {
    const sized = (source: object) =>
      sizeOfConverse(inMessage({ video: { format: "mp4", source } }), "nova").blockTokens;

    expect(sized({ bytes: new Uint8Array(7_500_000) })).toBe(17_280);
    expect(sized({ s3Location: { uri: "s3://b/k" } })).toBe(2_880);
  });

  it.each([
    ["a PDF", { document: { format: "pdf", name: "n" } }, 2_350],
    ["an office file", { document: { format: "docx", name: "n" } }, 2_350],
    ["a text file", { document: { format: "txt", name: "n" } }, 2_350],
    ["sound", { audio: { format: "mp3" } }, 250],
  ])("counts %s in S3 as a page or ten seconds, never as nothing", (_what, block, tokens) => {
    const source = { s3Location: { uri: "s3://bucket/key" } };
    const blocks = Object.entries(block).map(([kind, fields]) => ({ [kind]: { ...fields, source } }));

    expect(sizeOfConverse(inMessage(...blocks), "anthropic").blockTokens).toBe(tokens);
  });

  it("counts numbers, booleans and the names of fields by their length, for results of tools are full of them", () => {
    const sized = (json: unknown) =>
      sizeOfConverse(inMessage({ toolResult: { toolUseId: "i", content: [{ json }] } }), "anthropic").textBytes;

    expect(sized([0.123456789012345, -98765.4321098765]) - sized([])).toBe(17 + 17);
    expect(sized([1, 2]) - sized([])).toBe(2 * 4);
    expect(sized([true, false, null]) - sized([])).toBe(3 * 4);
    expect(sized({ 都市: "" }) - sized({})).toBe(6);
  });

  it("counts tools that only the model's own fields can name", () => {
    const additionalModelRequestFields = { tools: [{ type: "computer_20250124", description: prompt }] };

    expect(sizeOfConverse({ additionalModelRequestFields }, "anthropic").textBytes).toBeGreaterThan(prompt.length);
  });

  it("counts what lies inside tool results", () => {
    const content = [
      { text: "here" },
      { image: { format: "png", source: { bytes: png } } },
      { document: { format: "pdf", name: "n", source: { bytes: pdf } } },
      { json: { answer: "x".repeat(300) } },
    ];

    const { textBytes, blockTokens } = sizeOfConverse(
      inMessage({ toolResult: { toolUseId: "i", content } }),
      "anthropic",
    );

    expect(blockTokens).toBe(imageOf("anthropic") + pages);
    expect(textBytes).toBeGreaterThanOrEqual(300);
    expect(textBytes).toBeLessThan(300 + 2 * wrapping);
  });

  it("is nothing more for marks of what to cache", () => {
    const plain = sizeOfConverse({ ...inMessage({ text: "a" }), system: [{ text: "s" }] }, "anthropic");
    const cachePoint = { type: "default", ttl: "1h" };
    const marked = sizeOfConverse(
      { ...inMessage({ text: "a" }, { cachePoint }), system: [{ text: "s" }, { cachePoint }] },
      "anthropic",
    );

    expect(marked.blockTokens).toBe(0);
    expect(marked.textBytes - plain.textBytes).toBe(2 * "cachePoint".length);
  });

  it.each([
    [500, 500],
    [undefined, undefined],
    [0, undefined],
    [-1, undefined],
    [1.5, undefined],
    [Number.NaN, undefined],
    [Infinity, undefined],
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

  it("never fails for blocks filled with anything", () => {
    const names =
      "image document video audio source bytes data type media_type url image_url file_data file_url filename input_audio " +
      "signature redactedContent encrypted_content cachePoint cache_control format detail s3Location";
    const words = fc.constantFrom(
      "base64",
      "url",
      "image",
      "redacted_thinking",
      "thinking",
      "application/pdf",
      "data:,",
    );
    const key = fc.constantFrom(...names.split(" "));
    const values = [words, fc.string(), fc.uint8Array(), fc.anything()];
    fc.assert(
      fc.property(fc.object({ key, maxDepth: 4, values }), (messages) => {
        for (const family of ["anthropic", "nova", "openai"] as const) {
          const { textBytes, blockTokens, bytes } = sizeOfConverse({ messages }, family);
          for (const count of [textBytes, blockTokens, bytes]) expect(Number.isFinite(count) && count >= 0).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("ends for a request that contains itself", () => {
    const loop: Record<string, unknown> = { text: "x" };
    loop["one"] = loop;
    loop["two"] = loop;

    expect(sizeOfConverse({ messages: [loop] }, "anthropic").textBytes).toBeGreaterThan(0);
  });
});

describe("what is no text", () => {
  const anthropicPdf = { type: "base64", media_type: "application/pdf", data: pdf.toString("base64") };

  it.each<[string, object, number]>([
    [
      "an image of Anthropic",
      { type: "image", source: { type: "base64", media_type: "image/png", data: base64 } },
      imageOf("anthropic"),
    ],
    [
      "an image of Anthropic in a tool result",
      {
        type: "tool_result",
        content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: base64 } }],
      },
      imageOf("anthropic"),
    ],
    [
      "an image of Anthropic that lies elsewhere",
      { type: "image", source: { type: "url", url: `https://example.com/${"a".repeat(500)}` } },
      someImageOf("anthropic"),
    ],
    ["a PDF of Anthropic", { type: "document", source: anthropicPdf }, pages],
    [
      "a PDF of Anthropic that lies elsewhere",
      { type: "document", source: { type: "url", url: `https://example.com/${"a".repeat(500)}` } },
      pages / 3,
    ],
    ["a file of Anthropic", { type: "document", source: { type: "file", file_id: "f" } }, pages / 3],
    [
      "reasoning of Anthropic that is sealed",
      { type: "redacted_thinking", data: base64 },
      Math.ceil(30_000 * rulesOf("anthropic").tokensPerByte),
    ],
    ["the proof of reasoning", { type: "thinking", thinking: "hm", signature: base64 }, 0],
    [
      "the proof of reasoning in Converse",
      { reasoningContent: { reasoningText: { text: "hm", signature: base64 } } },
      0,
    ],
    [
      "reasoning of Converse that is sealed",
      { reasoningContent: { redactedContent: png } },
      Math.ceil(30_000 * rulesOf("anthropic").tokensPerByte),
    ],
    ["an image of Nova", { image: { format: "png", source: { bytes: base64 } } }, imageOf("anthropic")],
    [
      "an image of OpenAI chat",
      { type: "image_url", image_url: { url: `data:image/png;base64,${base64}` } },
      imageOf("anthropic"),
    ],
    ["an image of Mistral", { type: "image_url", image_url: `data:image/png;base64,${base64}` }, imageOf("anthropic")],
    [
      "an image of OpenAI chat that lies elsewhere",
      { type: "image_url", image_url: { url: `https://example.com/${"a".repeat(500)}` } },
      someImageOf("anthropic"),
    ],
    [
      "an image of OpenAI Responses",
      { type: "input_image", image_url: `data:image/png;base64,${base64}`, detail: "auto" },
      imageOf("anthropic"),
    ],
    [
      "a PDF of OpenAI chat",
      { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${pdf.toString("base64")}` } },
      pages,
    ],
    ["a PDF of OpenAI Responses", { type: "input_file", filename: "a.PDF", file_data: pdf.toString("base64") }, pages],
    ["a file of OpenAI that lies elsewhere", { type: "input_file", file_url: "https://example.com/a.pdf" }, pages / 3],
    ["a file of OpenAI that AWS keeps", { type: "input_file", file_id: "file-1" }, pages / 3],
    ["a file of OpenAI chat that AWS keeps", { type: "file", file: { file_id: "file-1" } }, pages / 3],
    ["an image of OpenAI that AWS keeps", { type: "input_image", file_id: "file-1" }, someImageOf("anthropic")],
    ["an office file of OpenAI", { type: "input_file", filename: "a.docx", file_data: base64 }, 3_000],
    ["sound of OpenAI", { type: "input_audio", input_audio: { format: "wav", data: base64 } }, 47],
    [
      "reasoning of OpenAI that is sealed",
      { type: "reasoning", encrypted_content: base64 },
      Math.ceil(30_000 * rulesOf("anthropic").tokensPerByte),
    ],
  ])("is counted by its own rule: %s", (_what, block, tokens) => {
    const form = "reasoningContent" in block ? inMessage(block) : JSON.stringify(inMessage(block));
    const { textBytes, blockTokens } = sizeOfInvoke(form, "anthropic");

    expect(blockTokens).toBe(tokens);
    expect(textBytes).toBeLessThan(120);
  });

  it.each([
    [{ previous_response_id: "resp_1" }, pages / 3],
    [{ conversation: { id: "conv_1" } }, pages / 3],
    [{ previous_response_id: null, conversation: null }, 0],
  ])("is the conversation that AWS keeps: %j", (kept, tokens) => {
    expect(sizeOfResponses({ model: "gpt", input: "and then?", ...kept }, "openai").blockTokens).toBe(tokens);
  });

  it("sees OpenAI's images as closely as it is told to", () => {
    const chat = (detail: string) =>
      sizeOfChat(
        inMessage({ type: "image_url", image_url: { url: `data:image/png;base64,${base64}`, detail } }),
        "openai",
      );
    const responses = sizeOfResponses(
      { input: [{ type: "input_image", image_url: "https://a", detail: "low" }] },
      "openai",
    );

    expect(chat("low").blockTokens).toBe(256);
    expect(chat("auto").blockTokens).toBe(300);
    expect(responses.blockTokens).toBe(256);
  });

  it.each<[string, object]>([
    [
      "a text document of Anthropic",
      { type: "document", source: { type: "text", media_type: "text/plain", data: prompt } },
    ],
    [
      "a document of blocks",
      { type: "document", source: { type: "content", content: [{ type: "text", text: prompt }] } },
    ],
    ["a document of Converse that is text", { document: { format: "txt", name: "n", source: { text: prompt } } }],
    [
      "a tool whose fields have such names",
      { properties: { image: { description: prompt }, source: { type: "string" } } },
    ],
    ["a tool's file", { input: { file_id: prompt, file: { file_id: "f" }, previous_response_id: "r" } }],
    ["a tool's data", { input: { data: prompt, signature: "s", image_url: 7, file_data: [] } }],
    ["a contract's signature", { contract: { signature: prompt, date: "today" } }],
    ["marks of what to cache", { type: "text", text: prompt, cache_control: { type: "ephemeral", ttl: "1h" } }],
  ])("is not seen in %s", (_what, block) => {
    const { textBytes, blockTokens } = sizeOfInvoke(JSON.stringify(inMessage(block)), "anthropic");

    expect(blockTokens).toBe(0);
    expect(textBytes).toBeGreaterThanOrEqual(prompt.length);
    expect(textBytes).toBeLessThan(prompt.length + 100);
  });
});

describe("the size of an HTTP body", () => {
  it.each<[string, (body: unknown, family: ModelFamily) => object, object, number | undefined]>([
    ["OpenAI chat", sizeOfChat, { ...inMessage(prompt), max_completion_tokens: 77 }, 77],
    ["OpenAI chat of old", sizeOfChat, { ...inMessage(prompt), max_tokens: 77 }, 77],
    ["OpenAI Responses of text", sizeOfResponses, { input: prompt, max_output_tokens: 77 }, 77],
    [
      "OpenAI Responses of items",
      sizeOfResponses,
      { input: [{ role: "user", content: [{ type: "input_text", text: prompt }] }], max_output_tokens: 77 },
      77,
    ],
    ["OpenAI Responses of instructions", sizeOfResponses, { instructions: prompt, input: "" }, undefined],
    ["Anthropic Messages", sizeOfMessages, { system: prompt, messages: [], max_tokens: 77 }, 77],
    ["Anthropic Messages without a limit", sizeOfMessages, { ...inMessage(prompt), max_tokens: "77" }, undefined],
  ])("of %s is its text and its limit", (_api, sizeOf, body, maxTokens) => {
    const text = JSON.stringify(body);
    for (const form of [text, Buffer.from(text), new TextEncoder().encode(text).buffer, body]) {
      const size = sizeOf(form, "openai");

      expect(size).toMatchObject({ maxTokens, blockTokens: 0 });
      expect(Reflect.get(size, "textBytes")).toBeGreaterThanOrEqual(prompt.length);
      expect(Reflect.get(size, "textBytes")).toBeLessThan(prompt.length + 100);
    }
  });

  it.each([
    ["not json", 8],
    ["[1]", 3],
    [Buffer.from("not json"), 8],
    [undefined, 0],
    [null, 0],
    [7, 0],
  ])("takes the body %s, which it cannot read, for text with the model's maximum", (body, bytes) => {
    for (const sizeOf of [sizeOfInvoke, sizeOfChat, sizeOfResponses, sizeOfMessages]) {
      expect(sizeOf(body, "anthropic")).toEqual({ textBytes: bytes, blockTokens: 0, maxTokens: undefined, bytes });
    }
  });
});

describe("the size of what is to be counted", () => {
  it("is that of the request it would be", () => {
    const converse = inMessage({ text: prompt });
    const body = Buffer.from(JSON.stringify({ ...inMessage(prompt), max_tokens: 7 }));
    const sized = (input: unknown) => sizeOfCountTokens({ modelId: "m", input }, "anthropic");

    expect(sized({ converse })).toEqual(sizeOfConverse(converse, "anthropic"));
    expect(sized({ invokeModel: { body } })).toEqual(sizeOfInvoke(body, "anthropic"));
    for (const wrong of [undefined, null, {}, { invokeModel: 7 }, []]) expect(sized(wrong).textBytes).toBe(0);
  });
});
