import type { Geography } from "./destinations.ts";

/** A profile that AWS made, in every Region of its geography. */
export interface SystemProfile {
  readonly geography: Geography;
  /** The foundation model's id; the profile's is this after the geography. */
  readonly modelId: string;
  /** Such as `Anthropic Claude Sonnet 4.6`. */
  readonly model: string;
}

/** Profiles of models that were there in 2026. Source: bedrock-facts.md, sections 1.3 and 9 (read 2026-11-22). */
export const systemProfiles: readonly SystemProfile[] = [
  ...profilesOf("anthropic.claude-sonnet-4-6", "Anthropic Claude Sonnet 4.6", ["us", "eu", "au", "jp", "global"]),
  ...profilesOf("anthropic.claude-sonnet-4-5-20250929-v1:0", "Anthropic Claude Sonnet 4.5", [
    "us",
    "eu",
    "au",
    "jp",
    "global",
  ]),
  ...profilesOf("anthropic.claude-haiku-4-5-20251001-v1:0", "Anthropic Claude Haiku 4.5", [
    "us",
    "eu",
    "au",
    "jp",
    "global",
  ]),
  ...profilesOf("anthropic.claude-opus-4-6-v1", "Anthropic Claude Opus 4.6", ["us", "eu", "global"]),
  ...profilesOf("amazon.nova-lite-v1:0", "Amazon Nova Lite", ["us", "eu"]),
  ...profilesOf("amazon.nova-micro-v1:0", "Amazon Nova Micro", ["us", "eu"]),
  ...profilesOf("amazon.nova-pro-v1:0", "Amazon Nova Pro", ["us", "eu"]),
  ...profilesOf("meta.llama3-3-70b-instruct-v1:0", "Meta Llama 3.3 70B Instruct", ["us"]),
  ...profilesOf("deepseek.r1-v1:0", "DeepSeek R1", ["us"]),
];

/** One for each geography. */
export function profilesOf(modelId: string, model: string, geographies: readonly Geography[]): readonly SystemProfile[] {
  return geographies.map((geography) => ({ geography, modelId, model }));
}
