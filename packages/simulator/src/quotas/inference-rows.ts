import type { RegionalValue, SimulatedQuotaRow } from "./quota-row.ts";

const twoUs = ["us-east-1", "us-west-2"];
const threeUs = [...twoUs, "us-east-2"];
const fourUs = [...threeUs, "us-west-1"];
const claude3Haiku: RegionalValue = {
  in: { "us-east-1": 4_000_000, "us-west-2": 4_000_000, "ap-northeast-1": 400_000, "ap-southeast-1": 400_000 },
  elsewhere: 600_000,
};
const claude37: RegionalValue = {
  in: {
    ...wide(1_000_000, fourUs, 0).in,
    ...wide(100_000, ["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"], 0).in,
  },
  elsewhere: 50_000,
};

/**
 * Quotas of models, spelled as irregularly as AWS spells them.
 * Source: bedrock-facts.md, sections 1.2 and 1.3 (General Reference and AWS samples as of 2026, read 2026-11-22). Rows
 * whose value nobody wrote down are left out. Codes that begin with `L-SIM` are made up, because the facts have none.
 */
export const inferenceRows: readonly SimulatedQuotaRow[] = [
  ...rows(true, "Cross-region model inference tokens per minute for", [
    ["Amazon Nova 2 Lite", "L-C6F5908D", 8_000_000],
    ["Amazon Nova 2 Omni", "L-2438ED67", 8_000_000],
    ["Amazon Nova 2 Pro Preview", "L-F0AF140A", 1_000_000],
    ["Amazon Nova Lite", "L-7C42E72A", wide(8_000_000, fourUs, 400_000)],
    ["Amazon Nova Micro", "L-DC7FF66C", wide(8_000_000, threeUs, 400_000)],
    ["Amazon Nova Premier V1", "L-AA7FE948", 2_000_000],
    ["Amazon Nova Pro", "L-C0326783", 2_000_000],
    ["Anthropic Claude 3 Opus", "L-6C86825E", 800_000],
    ["Anthropic Claude 3.7 Sonnet V1", "L-6E888CC2", claude37],
    ["Anthropic Claude Haiku 4.5", "L-58BE175A", 5_000_000],
    ["Anthropic Claude Opus 4 V1", "L-29C2B0A3", 200_000],
    ["Anthropic Claude Opus 4.1", "L-BD85BFCD", 500_000],
    ["Anthropic Claude Opus 4.5", "L-7007E9C9", 2_000_000],
    ["Anthropic Claude Opus 4.6 V1", "L-0AD9BBE8", 3_000_000],
    ["Anthropic Claude Opus 4.8", "L-DB99DCDB", 30_000_000],
    ["Anthropic Claude Opus 5.5", "L-A4430697", 30_000_000],
    ["Anthropic Claude Sonnet 4 V1", "L-59759B4A", 200_000],
    ["Anthropic Claude Sonnet 4 V1 1M Context Length", "L-1FA095B8", 1_000_000],
    ["Anthropic Claude Sonnet 4.5 V1", "L-F4DDD3EB", 5_000_000],
    ["Anthropic Claude Sonnet 4.5 V1 1M Context Length", "L-8EA73537", 1_000_000],
    ["Anthropic Claude Sonnet 4.6", "L-15B8E632", 6_000_000],
    ["Anthropic Claude Sonnet 4.6 1M Context Length", "L-CE512C9A", 1_000_000],
    ["Anthropic Claude Sonnet 5", "L-D4FBCF4E", 6_000_000],
    ["Cohere Embed V4", "L-4C3F0FE6", 300_000],
    ["DeepSeek R1 V1", "L-06B03968", 200_000],
    ["Meta Llama 3.3 70B Instruct", "L-0E7AA8B7", 600_000],
    ["Meta Llama 4 Maverick V1", "L-DE3FBBF4", 600_000],
    ["Meta Llama 4 Scout V1", "L-532E6630", 600_000],
    ["Mistral Pixtral Large 25.02 V1", "L-4B9F76B0", 80_000],
  ]),
  ...rows(true, "Cross-Region model inference tokens per minute for", [
    ["Anthropic Claude 3 Haiku", "L-DCADBC78", claude3Haiku],
    ["Anthropic Claude 3 Sonnet", "L-5DF13F64", wide(2_000_000, twoUs, 400_000)],
    ["Anthropic Claude 3.5 Sonnet", "L-479B647F", wide(4_000_000, ["us-west-2"], 800_000)],
    ["Meta Llama 3.1 405B Instruct", "L-9913DEEF", 800_000],
    ["Meta Llama 3.1 70B Instruct", "L-92E68994", 600_000],
    ["Meta Llama 3.1 8B Instruct", "L-9782749C", 600_000],
  ]),
  ...rows(true, "Global cross-region model inference tokens per minute for", [
    ["Amazon Nova 2 Lite", "L-71C69B70", 8_000_000],
    ["Anthropic Claude Haiku 4.5", "L-9A11C666", 5_000_000],
    ["Anthropic Claude Opus 4.5", "L-3ABF6ACC", 2_000_000],
    ["Anthropic Claude Opus 4.6 V1", "L-3DCCFAA4", 3_000_000],
    ["Anthropic Claude Opus 4.8", "L-4FCE27C7", 30_000_000],
    ["Anthropic Claude Opus 5.5", "L-A103A344", 30_000_000],
    ["Anthropic Claude Sonnet 4.5 V1", "L-27C57EE8", 5_000_000],
    ["Anthropic Claude Sonnet 4.6", "L-SIM00057", 6_000_000],
    ["Anthropic Claude Sonnet 5", "L-DD84E5CA", 6_000_000],
  ]),
  ...rows(false, "Global cross-region model inference tokens per day for", [
    ["Anthropic Claude Haiku 4.5", "L-B5C049AE", 7_200_000_000],
    ["Anthropic Claude Opus 4.6 V1", "L-SIM00041", 4_320_000_000],
    ["Anthropic Claude Sonnet 4 V1", "L-SIM00141", 288_000_000],
    ["Anthropic Claude Sonnet 4.5 V1", "L-BC182137", 7_200_000_000],
    ["Anthropic Claude Sonnet 4.5 V1 1M Context Length", "L-229A5DEC", 1_440_000_000],
    ["Anthropic Claude Sonnet 4.6", "L-SIM00241", 8_640_000_000],
  ]),
  ...rows(false, "Model invocation max tokens per day for", [
    ["Anthropic Claude 3.7 Sonnet V1 (doubled for cross-region calls)", "L-9EB71894", 720_000_000],
    ["Anthropic Claude Haiku 4.5 (doubled for cross-region calls)", "L-6120CF2D", 3_600_000_000],
    ["Anthropic Claude Opus 4.6 V1 (doubled for cross-region calls)", "L-SIM00046", 2_160_000_000],
    ["Anthropic Claude Sonnet 4 V1 (doubled for cross-region calls)", "L-22F701C5", 144_000_000],
    ["Anthropic Claude Sonnet 4.5 V1 (doubled for cross-region calls)", "L-381AD9EE", 3_600_000_000],
    ["Anthropic Claude Sonnet 4.6 (doubled for cross-region calls)", "L-SIM00146", 4_320_000_000],
  ]),
  ...rows(false, "On-demand model inference tokens per minute for", [
    ["OpenAI GPT OSS 120B", "L-9DC5F595", 100_000_000],
    ["OpenAI GPT OSS 20B", "L-036E14D8", 100_000_000],
    ["Qwen3 32B V1", "L-B7C52139", 100_000_000],
    ["Qwen3 Coder 30B a3b V1", "L-92F81E14", 100_000_000],
    ["Anthropic Claude Sonnet 5", "L-SIM00063", 3_000_000],
  ]),
  ...rows(true, "Cross-region model inference requests per minute for", [
    ["Anthropic Claude Haiku 4.5", "L-CCA5DF70", 10_000],
    ["Anthropic Claude Sonnet 4 V1", "L-559DCC33", 200],
    ["Anthropic Claude Sonnet 4.5 V1", "L-4A6BFAB1", 10_000],
    ["Anthropic Claude Sonnet 4.6", "L-SIM00157", 10_000],
  ]),
  ...rows(false, "Cross-region model inference requests per minute for", [["Writer Palmyra X5 V1", "L-SIM00058", 10]]),
  ...rows(true, "Global cross-region model inference requests per minute for", [
    ["Anthropic Claude Haiku 4.5", "L-SIM00053", 10_000],
    ["Anthropic Claude Sonnet 4.6", "L-SIM00257", 10_000],
  ]),
  ...inLondon(
    rows(false, "On-demand model inference requests per minute for", [
      ["Anthropic Claude Sonnet 4.6", "L-SIM00056", 5_000],
    ]),
  ),
  ...inLondon(
    rows(false, "On-demand model inference tokens per minute for", [
      ["Anthropic Claude Sonnet 4.6", "L-SIM00156", 3_000_000],
    ]),
  ),
  ...rows(false, "[bedrock-mantle endpoint] Input tokens per minute for", [
    ["Claude Opus 4.7", "L-SIM00069", 20_000_000],
    ["Claude Fable 5", "L-SIM00070", 2_000_000],
  ]),
  ...rows(false, "[bedrock-mantle endpoint] Output tokens per minute for", [
    ["Claude Opus 4.7", "L-SIM00169", 4_000_000],
    ["Claude Fable 5", "L-SIM00170", 200_000],
  ]),
  { name: "Cross-Model Max Tokens Per Day", code: "L-E3F10727", value: 700_000_000, isAdjustable: false },
];

type Line = readonly [model: string, code: string, value: number | RegionalValue];

function rows(isAdjustable: boolean, prefix: string, lines: readonly Line[]): readonly SimulatedQuotaRow[] {
  return lines.map(([model, code, value]) => ({ name: `${prefix} ${model}`, code, value, isAdjustable }));
}

/** Only there Sonnet 4.6 runs in the Region it is called in. Source: bedrock-facts.md, section 9 (model card). */
function inLondon(rows: readonly SimulatedQuotaRow[]): readonly SimulatedQuotaRow[] {
  return rows.map((row) => ({ ...row, regions: ["eu-west-2"] }));
}

function wide(there: number, regions: readonly string[], elsewhere: number): RegionalValue {
  return { in: Object.fromEntries(regions.map((region) => [region, there])), elsewhere };
}
