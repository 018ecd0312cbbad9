import type { ModelFamily } from "../../fleet/model-catalogue.ts";

/** What a model family needs known to estimate a call before AWS counts it. */
export interface FamilyRules {
  /** Tokens per byte of UTF-8 text, until real calls teach better. */
  readonly tokensPerByte: number;
  /** Tokens one image costs at most. */
  readonly imageTokens: number;
  /** Tokens one page of a PDF costs. */
  readonly pdfPageTokens: number;
  /** Where the body of InvokeModel says how many tokens may come back; the first path found counts. */
  readonly maxTokensPaths: readonly (readonly string[])[];
}

/** 4 bytes a token and 10 % on top. Source: aws-samples/sample-traffic-shaping-for-amazon-bedrock, configuration guide (read 2026-11-22). */
const usualTokensPerByte = (1 / 4) * 1.1;

/** Source: the same; 4 bytes a token came out 18 % short on Nova. */
const novaTokensPerByte = (1 / 3) * 1.1;

/** "Approximately 7,000 tokens for a 3-page PDF" with pictures, 1,000 without. Source: Anthropic, "PDF support" (read 2026-11-22). */
const pdfPageTokens = 2_350;

/** OpenAI's names, which most newcomers copy. */
const chatPaths = [["max_completion_tokens"], ["max_tokens"]];

const usual: FamilyRules = {
  tokensPerByte: usualTokensPerByte,
  imageTokens: 1_600,
  pdfPageTokens,
  maxTokensPaths: chatPaths,
};

/** Source of the paths: AWS, "Inference request parameters and response fields", one page a provider (read 2026-11-22). */
const rulesOfFamily: Readonly<Record<ModelFamily, FamilyRules>> = {
  // Larger images are scaled down to about 1,600 tokens. Source: Anthropic, "Vision" (read 2026-11-22).
  anthropic: { ...usual, maxTokensPaths: [["max_tokens"], ["max_tokens_to_sample"]] },
  nova: {
    tokensPerByte: novaTokensPerByte,
    // At 1,300 × 1,300 pixels, the largest example. Source: AWS, "Image understanding", Nova (read 2026-11-22).
    imageTokens: 2_600,
    pdfPageTokens,
    maxTokensPaths: [
      ["inferenceConfig", "maxTokens"],
      ["inferenceConfig", "max_new_tokens"],
    ],
  },
  titan: { ...usual, maxTokensPaths: [["textGenerationConfig", "maxTokenCount"]] },
  llama: { ...usual, maxTokensPaths: [["max_gen_len"]] },
  openai: usual,
  mistral: usual,
  qwen: usual,
  deepseek: usual,
  cohere: usual,
  other: usual,
};

export function rulesOf(family: ModelFamily): FamilyRules {
  return rulesOfFamily[family];
}
