/** Models that share a request body and a tokenizer. */
export type ModelFamily =
  "anthropic" | "nova" | "titan" | "openai" | "llama" | "mistral" | "qwen" | "deepseek" | "cohere" | "other";

/** What is known of a model, and from where. Config overrides the numbers. */
export interface ModelFacts {
  /** Start of a base model id; it ends where a word of the id ends, and the longest match wins. */
  readonly match: string;
  readonly family: ModelFamily;
  /** Quota tokens one output token costs, 1 or more. */
  readonly burndown: number;
  /** Most tokens an answer has, which AWS holds when a call sets no maximum; undefined: not known, config must say. */
  readonly maxOutputTokens?: number;
  readonly source: string;
  /** Date the source was read. */
  readonly readOn: string;
}

const readOn = "2026-11-22";
const burndown = "AWS, quotas-token-burndown, and third-party notes of 2026-10";
const rates = { source: burndown, readOn };
const awsCard = { source: `${burndown}; output: the model's card in the Bedrock user guide`, readOn };
const anthropic = { source: `${burndown}; output: Anthropic, models overview`, readOn };
const shaper = { source: "aws-samples/sample-traffic-shaping-for-amazon-bedrock, derive_default_burndown", readOn };

/**
 * One row a fact. The burndown page says 5 for "4.7 and below", so an old Claude has it too. Sources differ on the
 * output of Sonnet 4.6: its AWS card says 64K, Anthropic 128K; it is AWS that makes the hold, so its card stands here.
 */
const catalogue: readonly ModelFacts[] = [
  { match: "anthropic.claude-fable-5-1", family: "anthropic", burndown: 10, maxOutputTokens: 128_000, ...anthropic },
  { match: "anthropic.claude-opus-5-5", family: "anthropic", burndown: 10, maxOutputTokens: 128_000, ...anthropic },
  { match: "anthropic.claude-opus-5", family: "anthropic", burndown: 10, maxOutputTokens: 128_000, ...anthropic },
  { match: "anthropic.claude-sonnet-5", family: "anthropic", burndown: 10, maxOutputTokens: 128_000, ...anthropic },
  { match: "anthropic.claude-opus-4-8", family: "anthropic", burndown: 15, maxOutputTokens: 128_000, ...awsCard },
  { match: "anthropic.claude-opus-4-7", family: "anthropic", burndown: 5, maxOutputTokens: 128_000, ...awsCard },
  { match: "anthropic.claude-opus-4-6", family: "anthropic", burndown: 5, maxOutputTokens: 128_000, ...awsCard },
  { match: "anthropic.claude-sonnet-4-6", family: "anthropic", burndown: 5, maxOutputTokens: 64_000, ...awsCard },
  { match: "anthropic.claude-haiku-4-5", family: "anthropic", burndown: 5, maxOutputTokens: 64_000, ...awsCard },
  { match: "anthropic.claude-sonnet-4-5", family: "anthropic", burndown: 5, maxOutputTokens: 64_000, ...anthropic },
  { match: "anthropic.claude-opus-4-5", family: "anthropic", burndown: 5, ...rates },
  { match: "anthropic.claude-opus-4-1", family: "anthropic", burndown: 5, ...rates },
  { match: "anthropic.claude-opus-4-20250514", family: "anthropic", burndown: 5, ...rates },
  { match: "anthropic.claude-sonnet-4-20250514", family: "anthropic", burndown: 5, ...rates },
  { match: "anthropic.claude-3", family: "anthropic", burndown: 5, ...rates },
  { match: "anthropic.", family: "anthropic", burndown: 10, ...shaper },
  { match: "openai.gpt-oss", family: "openai", burndown: 1, ...rates },
  { match: "openai.gpt-5.6", family: "openai", burndown: 10, ...rates },
  { match: "openai.", family: "openai", burndown: 10, ...shaper },
  { match: "amazon.nova", family: "nova", burndown: 1, ...rates },
  { match: "amazon.titan", family: "titan", burndown: 1, ...rates },
  { match: "meta.", family: "llama", burndown: 1, ...rates },
  { match: "mistral.", family: "mistral", burndown: 1, ...rates },
  { match: "qwen.", family: "qwen", burndown: 1, ...rates },
  { match: "deepseek.", family: "deepseek", burndown: 1, ...rates },
  { match: "cohere.", family: "cohere", burndown: 1, ...rates },
];

const anythingElse: ModelFacts = { match: "", family: "other", burndown: 1, ...rates };

/** What is known of a base model id; an id nobody knows gets the rate of everything else. */
export function modelFacts(baseModelId: string): ModelFacts {
  return catalogue.reduce(
    (best, row) => (row.match.length > best.match.length && startsWithWords(baseModelId, row.match) ? row : best),
    anythingElse,
  );
}

/** `claude-opus-5` begins `claude-opus-5-5` but not `claude-opus-50`. */
function startsWithWords(id: string, words: string): boolean {
  return id.startsWith(words) && (words.endsWith(".") || !/[a-z0-9]/i.test(id.charAt(words.length)));
}
