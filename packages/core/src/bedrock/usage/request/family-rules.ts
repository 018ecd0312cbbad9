import type { FieldPath } from "./max-tokens.ts";
import {
  claudeImage,
  gptImage,
  type ImageRule,
  novaImage,
  pixtralImage,
  qwenImage,
  someImage,
} from "./image-tokens.ts";
import type { ModelFamily } from "../../fleet/model-catalogue.ts";

/** What a model family needs known to estimate a call before AWS counts it. */
export interface FamilyRules {
  /** Tokens per byte of UTF-8 text, until real calls teach better. */
  readonly tokensPerByte: number;
  readonly imageTokens: ImageRule;
  /** Tokens one page of a PDF costs. */
  readonly pdfPageTokens: number;
  /** Where the body of InvokeModel says how many tokens may come back; the largest counts. */
  readonly maxTokensPaths: readonly FieldPath[];
  /** Where it may be filled in; undefined: nobody knows, or the family demands that callers say it. */
  readonly fillPath?: FieldPath | undefined;
}

/** 4 bytes a token and 10 % on top. Source: aws-samples/sample-traffic-shaping-for-amazon-bedrock, configuration guide (read 2026-11-22). */
const usualTokensPerByte = (1 / 4) * 1.1;

/** Source: the same; 4 bytes a token came out 18 % short on Nova. */
const novaTokensPerByte = (1 / 3) * 1.1;

/** "Approximately 7,000 tokens for a 3-page PDF" with pictures, 1,000 without. Source: Anthropic, "PDF support" (read 2026-11-22). */
const pdfPageTokens = 2_350;

/** Source: AWS, "Document understanding", Nova 2 (read 2026-11-22). */
const novaPdfPageTokens = 2_560;

/** OpenAI's names, which most newcomers copy. */
const chatPaths = [["max_completion_tokens"], ["max_tokens"]];
const claudePaths = [["max_tokens"], ["max_tokens_to_sample"]];
const novaPaths = [
  ["inferenceConfig", "maxTokens"],
  ["inferenceConfig", "max_new_tokens"],
];
const titanPaths = [["textGenerationConfig", "maxTokenCount"]];
const llamaPaths = [["max_gen_len"]];

/** OpenAI's Responses, AI21's first models, and what imported models of Hugging Face take. */
const rarePaths = [["max_output_tokens"], ["maxTokens"], ["max_new_tokens"], ["parameters", "max_new_tokens"]];

const usual: FamilyRules = {
  tokensPerByte: usualTokensPerByte,
  imageTokens: someImage,
  pdfPageTokens,
  maxTokensPaths: chatPaths,
};

/** Source of the paths: AWS, "Inference request parameters and response fields", one page a provider (read 2026-11-22). */
const rulesOfFamily: Readonly<Record<ModelFamily, FamilyRules>> = {
  anthropic: { ...usual, imageTokens: claudeImage, maxTokensPaths: claudePaths },
  nova: {
    tokensPerByte: novaTokensPerByte,
    imageTokens: novaImage,
    pdfPageTokens: novaPdfPageTokens,
    maxTokensPaths: novaPaths,
    fillPath: novaPaths[0],
  },
  titan: { ...usual, maxTokensPaths: titanPaths, fillPath: titanPaths[0] },
  llama: { ...usual, maxTokensPaths: llamaPaths, fillPath: llamaPaths[0] },
  openai: { ...usual, imageTokens: gptImage, fillPath: ["max_completion_tokens"] },
  mistral: { ...usual, imageTokens: pixtralImage, fillPath: ["max_tokens"] },
  qwen: { ...usual, imageTokens: qwenImage, fillPath: ["max_tokens"] },
  deepseek: { ...usual, fillPath: ["max_tokens"] },
  cohere: { ...usual, fillPath: ["max_tokens"] },
  other: {
    ...usual,
    maxTokensPaths: [...chatPaths, ...claudePaths, ...novaPaths, ...titanPaths, ...llamaPaths, ...rarePaths],
  },
};

/** What is known of a family; one nobody knows is read by the words of all. */
export function rulesOf(family: ModelFamily): FamilyRules {
  return rulesOfFamily[family];
}
