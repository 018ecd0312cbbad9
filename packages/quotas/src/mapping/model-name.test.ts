import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { irregularNames } from "./irregular-names.ts";
import { meaningOf } from "./meaning-of.ts";
import { modelName } from "./model-name.ts";

/** Ids of foundation models, what rows call them, and the words both come to. */
const models: readonly (readonly [id: string, row: string, name: string])[] = [
  ["anthropic.claude-3-haiku-20240307-v1:0", "Anthropic Claude 3 Haiku", "claude-3-haiku"],
  ["anthropic.claude-3-sonnet-20240229-v1:0", "Anthropic Claude 3 Sonnet", "claude-3-sonnet"],
  ["anthropic.claude-3-5-sonnet-20240620-v1:0", "Anthropic Claude 3.5 Sonnet", "claude-3.5-sonnet"],
  ["anthropic.claude-3-5-sonnet-20241022-v2:0", "Anthropic Claude 3.5 Sonnet V2", "claude-3.5-sonnet-v2"],
  ["anthropic.claude-3-7-sonnet-20250219-v1:0", "Anthropic Claude 3.7 Sonnet V1", "claude-3.7-sonnet"],
  ["anthropic.claude-sonnet-4-20250514-v1:0", "Anthropic Claude Sonnet 4 V1", "claude-sonnet-4"],
  ["anthropic.claude-sonnet-4-5-20250929-v1:0", "Anthropic Claude Sonnet 4.5 V1", "claude-sonnet-4.5"],
  ["anthropic.claude-sonnet-4-6", "Anthropic Claude Sonnet 4.6", "claude-sonnet-4.6"],
  ["anthropic.claude-sonnet-5", "Anthropic Claude Sonnet 5", "claude-sonnet-5"],
  ["anthropic.claude-haiku-4-5-20251001-v1:0", "Anthropic Claude Haiku 4.5", "claude-haiku-4.5"],
  ["anthropic.claude-opus-4-20250514-v1:0", "Anthropic Claude Opus 4 V1", "claude-opus-4"],
  ["anthropic.claude-opus-4-1-20250805-v1:0", "Anthropic Claude Opus 4.1", "claude-opus-4.1"],
  ["anthropic.claude-opus-4-5-20251101-v1:0", "Anthropic Claude Opus 4.5", "claude-opus-4.5"],
  ["anthropic.claude-opus-4-6-v1", "Anthropic Claude Opus 4.6 V1", "claude-opus-4.6"],
  ["anthropic.claude-opus-4-8", "Claude Opus 4.8", "claude-opus-4.8"],
  ["anthropic.claude-opus-5", "Anthropic Claude Opus 5", "claude-opus-5"],
  ["anthropic.claude-opus-5-5", "Anthropic Claude Opus 5.5", "claude-opus-5.5"],
  ["anthropic.claude-fable-5-1", "Anthropic Claude Fable 5.1", "claude-fable-5.1"],
  ["amazon.nova-lite-v1:0", "Amazon Nova Lite", "nova-lite"],
  ["amazon.nova-2-lite-v1:0", "Amazon Nova 2 Lite", "nova-2-lite"],
  ["amazon.nova-premier-v1:0", "Amazon Nova Premier V1", "nova-premier"],
  ["meta.llama3-8b-instruct-v1:0", "Meta Llama 3 8B Instruct", "llama-3-8b-instruct"],
  ["meta.llama3-1-8b-instruct-v1:0", "Meta Llama 3.1 8B Instruct", "llama-3.1-8b-instruct"],
  ["meta.llama3-1-70b-instruct-v1:0", "Meta Llama 3.1 70B Instruct", "llama-3.1-70b-instruct"],
  ["meta.llama4-maverick-17b-instruct-v1:0", "Meta Llama 4 Maverick V1", "llama-4-maverick"],
  ["meta.llama4-scout-17b-instruct-v1:0", "Llama 4 Scout V1", "llama-4-scout"],
  ["openai.gpt-oss-120b-1:0", "OpenAI GPT OSS 120B", "gpt-oss-120b"],
  ["openai.gpt-oss-20b", "OpenAI GPT OSS 20B", "gpt-oss-20b"],
  ["openai.gpt-5.6-sol", "GPT-5.6 Sol", "gpt-5.6-sol"],
  ["openai.gpt-6-astra", "GPT-6 Astra", "gpt-6-astra"],
  ["qwen.qwen3-32b-v1:0", "Qwen3 32B V1", "qwen-3-32b"],
  ["qwen.qwen3-coder-30b-a3b-v1:0", "Qwen3 Coder 30B a3b V1", "qwen-3-coder-30b-a3b"],
  ["deepseek.r1-v1:0", "DeepSeek R1 V1", "deepseek-r1"],
  ["deepseek.v3-v1:0", "DeepSeek V3 V1", "deepseek-v3"],
  ["deepseek.v3.2", "DeepSeek V3.2", "deepseek-v3.2"],
  ["mistral.pixtral-large-2502-v1:0", "Mistral Pixtral Large 25.02 V1", "pixtral-large-25.02"],
  ["mistral.mistral-large-2402-v1:0", "Mistral AI Mistral Large", "mistral-large"],
  ["mistral.mistral-large-2407-v1:0", "Mistral Large 2407", "mistral-large-2407"],
  ["mistral.mixtral-8x7b-instruct-v0:1", "Mistral AI Mixtral 8X7BB Instruct", "mixtral-8x7b-instruct"],
  ["mistral.mixtral-8x7b-instruct-v0:1", "Mistral Mixtral 8x7b Instruct", "mixtral-8x7b-instruct"],
  ["cohere.embed-v4:0", "Cohere Embed V4", "cohere-embed-v4"],
  ["cohere.rerank-v3-5:0", "Cohere Rerank 3.5", "cohere-rerank-3.5"],
  ["amazon.rerank-v1:0", "Amazon Rerank 1.0", "amazon-rerank-1.0"],
  ["ai21.jamba-1-5-large-v1:0", "AI21 Labs Jamba 1.5 Large", "jamba-1.5-large"],
  ["google.gemma-3-27b-it", "Gemma 3 27B", "gemma-3-27b"],
  ["minimax.minimax-m2.5", "MiniMax M2.5", "minimax-m2.5"],
  ["moonshotai.kimi-k2.5", "Moonshot AI Kimi K2.5", "kimi-k2.5"],
  ["moonshot.kimi-k2-thinking", "Kimi K2 Thinking", "kimi-k2-thinking"],
  ["writer.palmyra-x5-v1:0", "Writer Palmyra X5 V1", "palmyra-x5"],
  ["zai.glm-4.7-flash", "Z.ai GLM-4.7 Flash", "glm-4.7-flash"],
  ["newcomer.tale-2-large-v1:0", "Newcomer Tale 2 Large", "newcomer-tale-2-large"],
];

function nameInRow(row: string): string {
  const meaning = meaningOf({ code: "", name: `On-demand model inference tokens per minute for ${row}` });
  return meaning.kind === "model" ? meaning.model : JSON.stringify(meaning);
}

describe("a model's id", () => {
  it.each(models)("%s meets the rows of %s as %s", (id, row, name) => {
    expect([modelName(id), nameInRow(row)]).toEqual([name, name]);
  });

  it.each(irregularNames.flatMap(({ id, rows }) => rows.map((row) => ({ id, row }))))(
    "$id meets the rows of $row, as no rule could tell",
    ({ id, row }) => {
      expect(modelName(id)).toBe(nameInRow(row));
    },
  );

  it("is another name for every other model", () => {
    const ids = new Set([...models.map(([id]) => id), ...irregularNames.map(({ id }) => id)]);
    const alike = new Set(["openai.gpt-oss-20b", "openai.gpt-oss-20b-1:0"]);
    const names = [...ids].filter((id) => !alike.has(id)).map(modelName);

    expect(names.filter((each, index) => names.indexOf(each) !== index)).toEqual([]);
  });

  it("is another model's, or nobody's, when any digit of it changes that is no date's", () => {
    const ids = models.map(([id]) => id);
    const change = fc.tuple(fc.constantFrom(...ids), fc.nat(), fc.integer({ min: 1, max: 9 }));

    fc.assert(
      fc.property(change, ([id, at, by]) => {
        const places = [...id.matchAll(/\d/g)].map(({ index }) => index).filter((index) => !isInDate(id, index));
        const place = places[at % Math.max(1, places.length)];
        fc.pre(place !== undefined);
        const digit = (Number(id[place]) + by) % 10;
        const changed = `${id.slice(0, place)}${digit}${id.slice(place + 1)}`;
        expect(modelName(changed)).not.toBe(modelName(id));
      }),
      { numRuns: 2000 },
    );
  });

  it("says the same in capitals", () => {
    expect(modelName("Anthropic.Claude-Sonnet-4-6")).toBe("claude-sonnet-4.6");
  });

  it.each([
    "",
    "claude-sonnet-4-6",
    "us.anthropic.claude-sonnet-4-6",
    "global.anthropic.claude-sonnet-4-6",
    "us.deepseek.v3.2",
    "us.ai21.jamba-1-5-large-v1:0",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
    "amazon.nova-lite-v1:0:24k",
    "anthropic.v1:0",
    "anthropic.claude-sonnet-4-5-6",
    "anthropic.claude-sonnet-4-6:3",
    "anthropic.claude sonnet",
    "anthropic.claude--sonnet",
    `anthropic.${"claude-".repeat(5000)}sonnet`,
  ])("is not %j, which names no model in one way only", (id) => {
    expect(modelName(id)).toBeUndefined();
  });

  it("takes no longer for what patterns stumble over", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "1", "1.", "-", "-1", ".", ":0"), { maxLength: 200 }), (parts) => {
        expect(["string", "undefined"]).toContain(typeof modelName(`a.${parts.join("")}`));
      }),
    );
  });
});

function isInDate(id: string, index: number): boolean {
  return [...id.matchAll(/20\d{6}/g)].some((date) => index >= date.index && index < date.index + 8);
}
