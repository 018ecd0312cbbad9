/** Codes of a model's quotas in one scope. */
export interface ScopeCodes {
  readonly tokens: string;
  /** Undefined: nobody has seen one. */
  readonly requests?: string;
}

/** How far calls may go: within the geography they come from, or anywhere. */
export type ProfileScope = "geo" | "global";

/** A model that a fleet can serve under its true name. */
export interface DiscoverableModel {
  /** Such as `Anthropic Claude Sonnet 4.6`. */
  readonly name: string;
  /** Quota tokens per output token. */
  readonly burndown: number;
  readonly codes: Readonly<Record<ProfileScope, ScopeCodes>>;
}

/** Foundation models that a fleet can serve so. */
export type DiscoverableModelId =
  | "anthropic.claude-sonnet-4-6"
  | "anthropic.claude-haiku-4-5-20251001-v1:0"
  | "anthropic.claude-sonnet-4-5-20250929-v1:0";

/** Source: bedrock-facts.md, sections 1.3 and 2.1 (read 2026-11-22). */
export const discoverableModels: Readonly<Record<DiscoverableModelId, DiscoverableModel>> = {
  "anthropic.claude-sonnet-4-6": {
    name: "Anthropic Claude Sonnet 4.6",
    burndown: 5,
    codes: {
      geo: { tokens: "L-15B8E632", requests: "L-SIM00157" },
      global: { tokens: "L-SIM00057", requests: "L-SIM00257" },
    },
  },
  "anthropic.claude-haiku-4-5-20251001-v1:0": {
    name: "Anthropic Claude Haiku 4.5",
    burndown: 5,
    codes: {
      geo: { tokens: "L-58BE175A", requests: "L-CCA5DF70" },
      global: { tokens: "L-9A11C666", requests: "L-SIM00053" },
    },
  },
  "anthropic.claude-sonnet-4-5-20250929-v1:0": {
    name: "Anthropic Claude Sonnet 4.5",
    burndown: 5,
    codes: { geo: { tokens: "L-F4DDD3EB", requests: "L-4A6BFAB1" }, global: { tokens: "L-27C57EE8" } },
  },
};
