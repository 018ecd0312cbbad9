import type { QuotaRow } from "../../reader/aws-reader.ts";

/** A row as AWS shows it, and by hand what it means. */
export interface VerbatimRow {
  readonly row: Pick<QuotaRow, "code" | "name">;
  /** Default value; undefined where nobody wrote it down. */
  readonly value: number | undefined;
  /** Undefined where nobody wrote it down. */
  readonly isAdjustable: boolean | undefined;
  /** Endpoint, model, scope, variant, unit and window. */
  readonly means: string;
}

/**
 * Code | default value | adjustable | name | what it means. A "-" was not captured.
 * Source: AWS General Reference, "Amazon Bedrock endpoints and quotas"; aws-samples/sample-bedrock-quota-checker 0.4.0
 * (read 2026-11-22). The values drift: they are of the snapshots that were read.
 */
const table = `
L-C6F5908D | 8000000 | Y | Cross-region model inference tokens per minute for Amazon Nova 2 Lite | runtime/nova-2-lite/geo/standard/tokens/minute
L-2438ED67 | 8000000 | Y | Cross-region model inference tokens per minute for Amazon Nova 2 Omni | runtime/nova-2-omni/geo/standard/tokens/minute
L-F0AF140A | 1000000 | Y | Cross-region model inference tokens per minute for Amazon Nova 2 Pro Preview | runtime/nova-2-pro-preview/geo/standard/tokens/minute
L-7C42E72A | 8000000 | Y | Cross-region model inference tokens per minute for Amazon Nova Lite | runtime/nova-lite/geo/standard/tokens/minute
L-DC7FF66C | 8000000 | Y | Cross-region model inference tokens per minute for Amazon Nova Micro | runtime/nova-micro/geo/standard/tokens/minute
L-AA7FE948 | 2000000 | Y | Cross-region model inference tokens per minute for Amazon Nova Premier V1 | runtime/nova-premier/geo/standard/tokens/minute
L-C0326783 | 2000000 | Y | Cross-region model inference tokens per minute for Amazon Nova Pro | runtime/nova-pro/geo/standard/tokens/minute
L-DCADBC78 | 4000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude 3 Haiku | runtime/claude-3-haiku/geo/standard/tokens/minute
L-6C86825E | 800000 | Y | Cross-region model inference tokens per minute for Anthropic Claude 3 Opus | runtime/claude-3-opus/geo/standard/tokens/minute
L-5DF13F64 | 2000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude 3 Sonnet | runtime/claude-3-sonnet/geo/standard/tokens/minute
L-479B647F | 4000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude 3.5 Sonnet | runtime/claude-3.5-sonnet/geo/standard/tokens/minute
L-6E888CC2 | 1000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude 3.7 Sonnet V1 | runtime/claude-3.7-sonnet/geo/standard/tokens/minute
L-58BE175A | 5000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Haiku 4.5 | runtime/claude-haiku-4.5/geo/standard/tokens/minute
L-29C2B0A3 | 200000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Opus 4 V1 | runtime/claude-opus-4/geo/standard/tokens/minute
L-BD85BFCD | 500000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Opus 4.1 | runtime/claude-opus-4.1/geo/standard/tokens/minute
L-7007E9C9 | 2000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Opus 4.5 | runtime/claude-opus-4.5/geo/standard/tokens/minute
L-0AD9BBE8 | 3000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Opus 4.6 V1 | runtime/claude-opus-4.6/geo/standard/tokens/minute
L-59759B4A | 200000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4 V1 | runtime/claude-sonnet-4/geo/standard/tokens/minute
L-1FA095B8 | 1000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4 V1 1M Context Length | runtime/claude-sonnet-4/geo/long-context/tokens/minute
L-F4DDD3EB | 5000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1 | runtime/claude-sonnet-4.5/geo/standard/tokens/minute
L-8EA73537 | 1000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1 1M Context Length | runtime/claude-sonnet-4.5/geo/long-context/tokens/minute
L-15B8E632 | 6000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6 | runtime/claude-sonnet-4.6/geo/standard/tokens/minute
L-CE512C9A | 1000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6 1M Context Length | runtime/claude-sonnet-4.6/geo/long-context/tokens/minute
L-4C3F0FE6 | 300000 | Y | Cross-region model inference tokens per minute for Cohere Embed V4 | runtime/cohere-embed-v4/geo/standard/tokens/minute
L-06B03968 | 200000 | Y | Cross-region model inference tokens per minute for DeepSeek R1 V1 | runtime/deepseek-r1/geo/standard/tokens/minute
L-9913DEEF | 800000 | Y | Cross-region model inference tokens per minute for Meta Llama 3.1 405B Instruct | runtime/llama-3.1-405b-instruct/geo/standard/tokens/minute
L-92E68994 | 600000 | Y | Cross-region model inference tokens per minute for Meta Llama 3.1 70B Instruct | runtime/llama-3.1-70b-instruct/geo/standard/tokens/minute
L-9782749C | 600000 | Y | Cross-region model inference tokens per minute for Meta Llama 3.1 8B Instruct | runtime/llama-3.1-8b-instruct/geo/standard/tokens/minute
L-0E7AA8B7 | 600000 | Y | Cross-region model inference tokens per minute for Meta Llama 3.3 70B Instruct | runtime/llama-3.3-70b-instruct/geo/standard/tokens/minute
L-DE3FBBF4 | 600000 | Y | Cross-region model inference tokens per minute for Meta Llama 4 Maverick V1 | runtime/llama-4-maverick/geo/standard/tokens/minute
L-532E6630 | 600000 | Y | Cross-region model inference tokens per minute for Meta Llama 4 Scout V1 | runtime/llama-4-scout/geo/standard/tokens/minute
L-4B9F76B0 | 80000 | Y | Cross-region model inference tokens per minute for Mistral Pixtral Large 25.02 V1 | runtime/pixtral-large-25.02/geo/standard/tokens/minute
L-71C69B70 | 8000000 | Y | Global cross-region model inference tokens per minute for Amazon Nova 2 Lite | runtime/nova-2-lite/global/standard/tokens/minute
L-9A11C666 | 5000000 | Y | Global cross-region model inference tokens per minute for Anthropic Claude Haiku 4.5 | runtime/claude-haiku-4.5/global/standard/tokens/minute
L-3ABF6ACC | 2000000 | Y | Global cross-region model inference tokens per minute for Anthropic Claude Opus 4.5 | runtime/claude-opus-4.5/global/standard/tokens/minute
L-3DCCFAA4 | 3000000 | Y | Global cross-region model inference tokens per minute for Anthropic Claude Opus 4.6 V1 | runtime/claude-opus-4.6/global/standard/tokens/minute
L-27C57EE8 | 5000000 | Y | Global cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1 | runtime/claude-sonnet-4.5/global/standard/tokens/minute
L-B5C049AE | 7200000000 | N | Global cross-region model inference tokens per day for Anthropic Claude Haiku 4.5 | runtime/claude-haiku-4.5/global/standard/tokens/day
L-BC182137 | 7200000000 | N | Global cross-region model inference tokens per day for Anthropic Claude Sonnet 4.5 V1 | runtime/claude-sonnet-4.5/global/standard/tokens/day
L-229A5DEC | 1440000000 | N | Global cross-region model inference tokens per day for Anthropic Claude Sonnet 4.5 V1 1M Context Length | runtime/claude-sonnet-4.5/global/long-context/tokens/day
- | 4320000000 | N | Global cross-region model inference tokens per day for Anthropic Claude Opus 4.6 V1 | runtime/claude-opus-4.6/global/standard/tokens/day
- | 8640000000 | N | Global cross-region model inference tokens per day for Anthropic Claude Sonnet 4.6 | runtime/claude-sonnet-4.6/global/standard/tokens/day
- | 288000000 | N | Global cross-region model inference tokens per day for Anthropic Claude Sonnet 4 V1 | runtime/claude-sonnet-4/global/standard/tokens/day
L-6120CF2D | 3600000000 | N | Model invocation max tokens per day for Anthropic Claude Haiku 4.5 (doubled for cross-region calls) | runtime/claude-haiku-4.5/regional/standard/tokens/day
L-381AD9EE | 3600000000 | N | Model invocation max tokens per day for Anthropic Claude Sonnet 4.5 V1 (doubled for cross-region calls) | runtime/claude-sonnet-4.5/regional/standard/tokens/day
L-22F701C5 | 144000000 | N | Model invocation max tokens per day for Anthropic Claude Sonnet 4 V1 (doubled for cross-region calls) | runtime/claude-sonnet-4/regional/standard/tokens/day
L-9EB71894 | 720000000 | N | Model invocation max tokens per day for Anthropic Claude 3.7 Sonnet V1 (doubled for cross-region calls) | runtime/claude-3.7-sonnet/regional/standard/tokens/day
- | 4320000000 | N | Model invocation max tokens per day for Anthropic Claude Sonnet 4.6 (doubled for cross-region calls) | runtime/claude-sonnet-4.6/regional/standard/tokens/day
- | 2160000000 | N | Model invocation max tokens per day for Anthropic Claude Opus 4.6 V1 (doubled for cross-region calls) | runtime/claude-opus-4.6/regional/standard/tokens/day
L-9DC5F595 | 100000000 | N | On-demand model inference tokens per minute for OpenAI GPT OSS 120B | runtime/gpt-oss-120b/on-demand/standard/tokens/minute
L-036E14D8 | 100000000 | N | On-demand model inference tokens per minute for OpenAI GPT OSS 20B | runtime/gpt-oss-20b/on-demand/standard/tokens/minute
L-B7C52139 | 100000000 | N | On-demand model inference tokens per minute for Qwen3 32B V1 | runtime/qwen-3-32b/on-demand/standard/tokens/minute
L-92F81E14 | 100000000 | N | On-demand model inference tokens per minute for Qwen3 Coder 30B a3b V1 | runtime/qwen-3-coder-30b-a3b/on-demand/standard/tokens/minute
L-25B50707 | - | - | On-demand model inference requests per minute for OpenAI GPT OSS 120B | runtime/gpt-oss-120b/on-demand/standard/requests/minute
L-AF7F0545 | - | - | On-demand model inference requests per minute for OpenAI GPT OSS 20B | runtime/gpt-oss-20b/on-demand/standard/requests/minute
- | 5000 | N | On-demand model inference requests per minute for Anthropic Claude Sonnet 4.6 | runtime/claude-sonnet-4.6/on-demand/standard/requests/minute
- | 3000000 | N | On-demand model inference tokens per minute for Anthropic Claude Sonnet 4.6 | runtime/claude-sonnet-4.6/on-demand/standard/tokens/minute
- | 3000000 | - | On-demand model inference tokens per minute for Anthropic Claude Sonnet 5 | runtime/claude-sonnet-5/on-demand/standard/tokens/minute
L-4A6BFAB1 | 10000 | Y | Cross-region model inference requests per minute for Anthropic Claude Sonnet 4.5 V1 | runtime/claude-sonnet-4.5/geo/standard/requests/minute
L-CCA5DF70 | 10000 | Y | Cross-region model inference requests per minute for Anthropic Claude Haiku 4.5 | runtime/claude-haiku-4.5/geo/standard/requests/minute
L-559DCC33 | 200 | Y | Cross-region model inference requests per minute for Anthropic Claude Sonnet 4 V1 | runtime/claude-sonnet-4/geo/standard/requests/minute
L-DB84CE56 | - | - | Global cross-region model inference requests per minute for Anthropic Claude Sonnet 4.5 V1 | runtime/claude-sonnet-4.5/global/standard/requests/minute
- | 10000 | Y | Cross-region model inference requests per minute for Anthropic Claude Sonnet 4.6 | runtime/claude-sonnet-4.6/geo/standard/requests/minute
- | 10000 | Y | Global cross-region model inference requests per minute for Anthropic Claude Sonnet 4.6 | runtime/claude-sonnet-4.6/global/standard/requests/minute
- | 10 | N | Cross-region model inference requests per minute for Writer Palmyra X5 V1 | runtime/palmyra-x5/geo/standard/requests/minute
- | 6000000 | Y | Global cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6 | runtime/claude-sonnet-4.6/global/standard/tokens/minute
L-5DB28B7B | - | - | Cross-region model inference tokens per minute for Anthropic Claude Opus 4.7 | runtime/claude-opus-4.7/geo/standard/tokens/minute
L-DB99DCDB | 30000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Opus 4.8 | runtime/claude-opus-4.8/geo/standard/tokens/minute
L-4FCE27C7 | 30000000 | Y | Global cross-region model inference tokens per minute for Anthropic Claude Opus 4.8 | runtime/claude-opus-4.8/global/standard/tokens/minute
L-99296DCD | - | - | Cross-region model inference tokens per minute for Anthropic Claude Opus 5 | runtime/claude-opus-5/geo/standard/tokens/minute
L-D73B1244 | - | - | Global cross-region model inference tokens per minute for Anthropic Claude Opus 5 | runtime/claude-opus-5/global/standard/tokens/minute
L-A4430697 | 30000000 | - | Cross-region model inference tokens per minute for Anthropic Claude Opus 5.5 | runtime/claude-opus-5.5/geo/standard/tokens/minute
L-A103A344 | 30000000 | - | Global cross-region model inference tokens per minute for Anthropic Claude Opus 5.5 | runtime/claude-opus-5.5/global/standard/tokens/minute
L-D4FBCF4E | 6000000 | Y | Cross-region model inference tokens per minute for Anthropic Claude Sonnet 5 | runtime/claude-sonnet-5/geo/standard/tokens/minute
L-DD84E5CA | 6000000 | Y | Global cross-region model inference tokens per minute for Anthropic Claude Sonnet 5 | runtime/claude-sonnet-5/global/standard/tokens/minute
L-9B258944 | - | Y | Cross-region model inference tokens per minute for Anthropic Claude Fable 5 | runtime/claude-fable-5/geo/standard/tokens/minute
L-53A144CD | - | - | Cross-region model inference tokens per minute for GPT-6 Astra | runtime/gpt-6-astra/geo/standard/tokens/minute
L-B38B530A | - | - | Global cross-region model inference tokens per minute for GPT-6 Astra | runtime/gpt-6-astra/global/standard/tokens/minute
L-C593EA7C | - | N | [bedrock-mantle endpoint] Input tokens per minute for GPT-5.4 | mantle/gpt-5.4/on-demand/standard/inputTokens/minute
L-08036ECB | - | N | [bedrock-mantle endpoint] Output tokens per minute for GPT-5.4 | mantle/gpt-5.4/on-demand/standard/outputTokens/minute
L-2555C05B | - | N | [bedrock-mantle endpoint] Input tokens per minute for GPT-5.5 | mantle/gpt-5.5/on-demand/standard/inputTokens/minute
L-8A643E07 | - | N | [bedrock-mantle endpoint] Output tokens per minute for GPT-5.5 | mantle/gpt-5.5/on-demand/standard/outputTokens/minute
L-31615887 | - | N | [bedrock-mantle endpoint] Input tokens per minute for GPT-5.6 Luna | mantle/gpt-5.6-luna/on-demand/standard/inputTokens/minute
L-D44E1D4E | - | N | [bedrock-mantle endpoint] Output tokens per minute for GPT-5.6 Luna | mantle/gpt-5.6-luna/on-demand/standard/outputTokens/minute
L-87594EB7 | - | N | [bedrock-mantle endpoint] Input tokens per minute for GPT-5.6 Terra | mantle/gpt-5.6-terra/on-demand/standard/inputTokens/minute
L-574688BD | - | N | [bedrock-mantle endpoint] Output tokens per minute for GPT-5.6 Terra | mantle/gpt-5.6-terra/on-demand/standard/outputTokens/minute
L-137DD3C2 | - | N | [bedrock-mantle endpoint] Input tokens per minute for GPT-5.6 Sol | mantle/gpt-5.6-sol/on-demand/standard/inputTokens/minute
L-C2E494BA | - | N | [bedrock-mantle endpoint] Output tokens per minute for GPT-5.6 Sol | mantle/gpt-5.6-sol/on-demand/standard/outputTokens/minute
- | 20000000 | N | [bedrock-mantle endpoint] Input tokens per minute for Claude Opus 4.7 | mantle/claude-opus-4.7/on-demand/standard/inputTokens/minute
- | 4000000 | N | [bedrock-mantle endpoint] Output tokens per minute for Claude Opus 4.7 | mantle/claude-opus-4.7/on-demand/standard/outputTokens/minute
- | 2000000 | N | [bedrock-mantle endpoint] Input tokens per minute for Claude Fable 5 | mantle/claude-fable-5/on-demand/standard/inputTokens/minute
- | 200000 | N | [bedrock-mantle endpoint] Output tokens per minute for Claude Fable 5 | mantle/claude-fable-5/on-demand/standard/outputTokens/minute
L-E3F10727 | 700000000 | N | Cross-Model Max Tokens Per Day | runtime/all models/day
`;

/** Rows of one account and Region, all of them speaking of inference. */
export const verbatimRows: readonly VerbatimRow[] = table
  .trim()
  .split("\n")
  .map((line) => {
    const [code = "-", value = "-", adjustable = "-", name = "", means = ""] = line.split(" | ");
    return {
      row: { code: code === "-" ? "" : code, name },
      value: value === "-" ? undefined : Number(value),
      isAdjustable: adjustable === "-" ? undefined : adjustable === "Y",
      means,
    };
  });
