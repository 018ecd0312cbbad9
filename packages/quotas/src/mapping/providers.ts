/** Who makes models, by which names, and which families of models are known without their maker's name. */
export interface Provider {
  /** First words of its model ids. The first of them stands for it in a model's name. */
  readonly ids: readonly string[];
  /** As quota rows spell it, longest first. */
  readonly spellings: readonly string[];
  /** First words of models whose name needs no maker: rows write it or leave it out. */
  readonly families: readonly string[];
}

/**
 * Rows say "Anthropic Claude Opus 4.8" and "Claude Opus 4.8" of one model, but never "Embed V4" for "Cohere Embed V4".
 * A maker or a family that is not here keeps its name on both sides: they still meet when AWS spells both alike.
 * Source: AWS General Reference, "Amazon Bedrock endpoints and quotas"; awslabs/bedrock-usage-analyzer,
 * `quota-index.csv` (read 2026-11-22).
 */
export const providers: readonly Provider[] = [
  { ids: ["ai21"], spellings: ["ai21 labs", "ai21"], families: ["jamba"] },
  { ids: ["amazon"], spellings: ["amazon"], families: ["nova", "titan"] },
  { ids: ["anthropic"], spellings: ["anthropic"], families: ["claude"] },
  { ids: ["cohere"], spellings: ["cohere"], families: ["command"] },
  { ids: ["deepseek"], spellings: ["deepseek"], families: [] },
  { ids: ["google"], spellings: ["google"], families: ["gemma"] },
  { ids: ["luma"], spellings: ["luma"], families: [] },
  { ids: ["meta"], spellings: ["meta"], families: ["llama"] },
  { ids: ["minimax"], spellings: ["minimax"], families: ["minimax"] },
  {
    ids: ["mistral"],
    spellings: ["mistral ai", "mistral"],
    families: ["mistral", "mixtral", "pixtral", "ministral", "magistral", "devstral", "voxtral"],
  },
  { ids: ["moonshotai", "moonshot"], spellings: ["moonshot ai", "moonshot"], families: ["kimi"] },
  { ids: ["nvidia"], spellings: ["nvidia"], families: ["nemotron"] },
  { ids: ["openai"], spellings: ["openai"], families: ["gpt"] },
  { ids: ["qwen"], spellings: ["qwen"], families: ["qwen"] },
  { ids: ["stability"], spellings: ["stability.ai", "stability ai", "stability"], families: [] },
  { ids: ["twelvelabs"], spellings: ["twelve labs", "twelvelabs"], families: ["marengo", "pegasus"] },
  { ids: ["writer"], spellings: ["writer ai", "writer"], families: ["palmyra"] },
  { ids: ["zai"], spellings: ["z.ai"], families: ["glm"] },
];
