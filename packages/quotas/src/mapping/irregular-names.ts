/** A model whose id does not say what its rows say. */
export interface IrregularName {
  readonly id: string;
  /** As rows name it, each spelling once; the first is the one it goes by. */
  readonly rows: readonly string[];
}

/** Where {@link irregularNames} were read. */
export const irregularNamesSource = {
  source: "awslabs/bedrock-usage-analyzer, quota-index.csv: ids of foundation models and the rows that are theirs",
  /** Date the source was read. */
  readOn: "2026-11-22",
} as const;

/** Only what no rule can tell: a size, a date or an edition that is on one side alone, words in another order. */
export const irregularNames: readonly IrregularName[] = [
  { id: "amazon.rerank-v1:0", rows: ["Amazon Rerank 1.0"] },
  { id: "amazon.titan-embed-image-v1", rows: ["Amazon Titan Multimodal Embeddings G1"] },
  { id: "amazon.titan-embed-text-v1", rows: ["Amazon Titan Text Embeddings"] },
  { id: "amazon.titan-embed-text-v2:0", rows: ["Amazon Titan Text Embeddings V2"] },
  { id: "amazon.titan-image-generator-v2:0", rows: ["Amazon Titan Image Generator G1 V2"] },
  { id: "cohere.embed-english-v3", rows: ["Cohere Embed English"] },
  { id: "cohere.rerank-v3-5:0", rows: ["Cohere Rerank 3.5"] },
  { id: "google.gemma-3-4b-it", rows: ["Gemma 3 4B"] },
  { id: "google.gemma-3-12b-it", rows: ["Gemma 3 12B"] },
  { id: "google.gemma-3-27b-it", rows: ["Gemma 3 27B"] },
  { id: "meta.llama4-maverick-17b-instruct-v1:0", rows: ["Meta Llama 4 Maverick"] },
  { id: "meta.llama4-scout-17b-instruct-v1:0", rows: ["Meta Llama 4 Scout"] },
  { id: "mistral.magistral-small-2509", rows: ["Magistral Small 1.2"] },
  { id: "mistral.ministral-3-3b-instruct", rows: ["Ministral 3B 3.0"] },
  { id: "mistral.ministral-3-8b-instruct", rows: ["Ministral 8B 3.0"] },
  { id: "mistral.ministral-3-14b-instruct", rows: ["Ministral 14B 3.0"] },
  { id: "mistral.mistral-7b-instruct-v0:2", rows: ["Mistral 7B Instruct"] },
  { id: "mistral.mistral-large-2402-v1:0", rows: ["Mistral Large"] },
  { id: "mistral.mistral-large-3-675b-instruct", rows: ["Mistral Large 3"] },
  { id: "mistral.mistral-small-2402-v1:0", rows: ["Mistral Small"] },
  { id: "mistral.mixtral-8x7b-instruct-v0:1", rows: ["Mixtral 8x7B Instruct", "Mixtral 8X7BB Instruct"] },
  { id: "mistral.pixtral-large-2502-v1:0", rows: ["Pixtral Large 25.02"] },
  { id: "mistral.voxtral-mini-3b-2507", rows: ["Voxtral Mini 1.0"] },
  { id: "mistral.voxtral-small-24b-2507", rows: ["Voxtral Small 1.0"] },
  { id: "nvidia.nemotron-nano-9b-v2", rows: ["NVIDIA Nemotron Nano 2"] },
  { id: "nvidia.nemotron-super-3-120b", rows: ["NVIDIA Nemotron 3 Super 120B A12B"] },
  { id: "openai.gpt-oss-20b-1:0", rows: ["OpenAI GPT OSS 20B"] },
  { id: "openai.gpt-oss-120b-1:0", rows: ["OpenAI GPT OSS 120B"] },
  { id: "twelvelabs.marengo-embed-2-7-v1:0", rows: ["Twelve Labs Marengo"] },
  { id: "twelvelabs.pegasus-1-2-v1:0", rows: ["Twelve Labs Pegasus"] },
];
