import type { KnownMeaning, ModelMeaning } from "./meaning.ts";

/** Codes that count alike, each with its model, and where that was read. */
interface CodeGroup {
  readonly counts: Omit<ModelMeaning, "kind" | "model">;
  readonly source: string;
  /** Date the source was read. */
  readonly readOn: string;
  /** By code, which is the same in every account and Region: the model in the words of `ModelMeaning.model`. */
  readonly models: Readonly<Record<string, string>>;
}

const readOn = "2026-11-22";
const generalReference = { source: 'AWS General Reference, "Amazon Bedrock endpoints and quotas"', readOn };
const quotaChecker = { source: "aws-samples/sample-bedrock-quota-checker 0.4.0", readOn };
const registries = {
  source: "code registries in public repositories, each code seen in more than one account",
  readOn,
};

const runtime = { endpoint: "runtime", variant: "standard", window: "minute" } as const;
const mantle = { endpoint: "mantle", variant: "standard", window: "minute", scope: "on-demand" } as const;
const geoTokens = { ...runtime, scope: "geo", unit: "tokens" } as const;
const globalTokens = { ...runtime, scope: "global", unit: "tokens" } as const;
const onDemandTokens = { ...runtime, scope: "on-demand", unit: "tokens" } as const;
const globalDay = { ...globalTokens, window: "day" } as const;
const regionalDay = { ...runtime, scope: "regional", unit: "tokens", window: "day" } as const;

const groups: readonly CodeGroup[] = [
  {
    counts: geoTokens,
    ...generalReference,
    models: {
      "L-C6F5908D": "nova-2-lite",
      "L-2438ED67": "nova-2-omni",
      "L-F0AF140A": "nova-2-pro-preview",
      "L-7C42E72A": "nova-lite",
      "L-DC7FF66C": "nova-micro",
      "L-AA7FE948": "nova-premier",
      "L-C0326783": "nova-pro",
      "L-DCADBC78": "claude-3-haiku",
      "L-6C86825E": "claude-3-opus",
      "L-5DF13F64": "claude-3-sonnet",
      "L-479B647F": "claude-3.5-sonnet",
      "L-6E888CC2": "claude-3.7-sonnet",
      "L-58BE175A": "claude-haiku-4.5",
      "L-29C2B0A3": "claude-opus-4",
      "L-BD85BFCD": "claude-opus-4.1",
      "L-7007E9C9": "claude-opus-4.5",
      "L-0AD9BBE8": "claude-opus-4.6",
      "L-59759B4A": "claude-sonnet-4",
      "L-F4DDD3EB": "claude-sonnet-4.5",
      "L-15B8E632": "claude-sonnet-4.6",
      "L-4C3F0FE6": "cohere-embed-v4",
      "L-06B03968": "deepseek-r1",
      "L-9913DEEF": "llama-3.1-405b-instruct",
      "L-92E68994": "llama-3.1-70b-instruct",
      "L-9782749C": "llama-3.1-8b-instruct",
      "L-0E7AA8B7": "llama-3.3-70b-instruct",
      "L-DE3FBBF4": "llama-4-maverick",
      "L-532E6630": "llama-4-scout",
      "L-4B9F76B0": "pixtral-large-25.02",
    },
  },
  {
    counts: { ...geoTokens, variant: "long-context" },
    ...generalReference,
    models: {
      "L-1FA095B8": "claude-sonnet-4",
      "L-8EA73537": "claude-sonnet-4.5",
      "L-CE512C9A": "claude-sonnet-4.6",
    },
  },
  {
    counts: globalTokens,
    ...generalReference,
    models: {
      "L-71C69B70": "nova-2-lite",
      "L-9A11C666": "claude-haiku-4.5",
      "L-3ABF6ACC": "claude-opus-4.5",
      "L-3DCCFAA4": "claude-opus-4.6",
      "L-27C57EE8": "claude-sonnet-4.5",
    },
  },
  {
    counts: globalDay,
    ...generalReference,
    models: { "L-B5C049AE": "claude-haiku-4.5", "L-BC182137": "claude-sonnet-4.5" },
  },
  {
    counts: { ...globalDay, variant: "long-context" },
    ...generalReference,
    models: { "L-229A5DEC": "claude-sonnet-4.5" },
  },
  {
    counts: regionalDay,
    ...generalReference,
    models: {
      "L-6120CF2D": "claude-haiku-4.5",
      "L-381AD9EE": "claude-sonnet-4.5",
      "L-22F701C5": "claude-sonnet-4",
      "L-9EB71894": "claude-3.7-sonnet",
    },
  },
  {
    counts: onDemandTokens,
    ...generalReference,
    models: {
      "L-9DC5F595": "gpt-oss-120b",
      "L-036E14D8": "gpt-oss-20b",
      "L-B7C52139": "qwen-3-32b",
      "L-92F81E14": "qwen-3-coder-30b-a3b",
    },
  },
  {
    counts: { ...runtime, scope: "on-demand", unit: "requests" },
    ...registries,
    models: { "L-25B50707": "gpt-oss-120b", "L-AF7F0545": "gpt-oss-20b" },
  },
  {
    counts: { ...runtime, scope: "geo", unit: "requests" },
    ...registries,
    models: {
      "L-4A6BFAB1": "claude-sonnet-4.5",
      "L-CCA5DF70": "claude-haiku-4.5",
      "L-559DCC33": "claude-sonnet-4",
    },
  },
  {
    counts: { ...runtime, scope: "global", unit: "requests" },
    ...registries,
    models: { "L-DB84CE56": "claude-sonnet-4.5" },
  },
  {
    counts: geoTokens,
    ...quotaChecker,
    models: {
      "L-5DB28B7B": "claude-opus-4.7",
      "L-DB99DCDB": "claude-opus-4.8",
      "L-99296DCD": "claude-opus-5",
      "L-A4430697": "claude-opus-5.5",
      "L-D4FBCF4E": "claude-sonnet-5",
      "L-9B258944": "claude-fable-5",
      "L-53A144CD": "gpt-6-astra",
    },
  },
  {
    counts: globalTokens,
    ...quotaChecker,
    models: {
      "L-4FCE27C7": "claude-opus-4.8",
      "L-D73B1244": "claude-opus-5",
      "L-A103A344": "claude-opus-5.5",
      "L-DD84E5CA": "claude-sonnet-5",
      "L-B38B530A": "gpt-6-astra",
    },
  },
  {
    counts: { ...mantle, unit: "inputTokens" },
    ...quotaChecker,
    models: {
      "L-C593EA7C": "gpt-5.4",
      "L-2555C05B": "gpt-5.5",
      "L-31615887": "gpt-5.6-luna",
      "L-87594EB7": "gpt-5.6-terra",
      "L-137DD3C2": "gpt-5.6-sol",
    },
  },
  {
    counts: { ...mantle, unit: "outputTokens" },
    ...quotaChecker,
    models: {
      "L-08036ECB": "gpt-5.4",
      "L-8A643E07": "gpt-5.5",
      "L-D44E1D4E": "gpt-5.6-luna",
      "L-574688BD": "gpt-5.6-terra",
      "L-C2E494BA": "gpt-5.6-sol",
    },
  },
];

/** What quota codes are known to mean. A guard against names that change: no row is read by its code alone. */
export const quotaCodes: ReadonlyMap<string, KnownMeaning> = new Map<string, KnownMeaning>([
  ...groups.flatMap(({ counts, models }) =>
    Object.entries(models).map(([code, model]): [string, KnownMeaning] => [code, { kind: "model", ...counts, model }]),
  ),
  // Source: aws-samples/sample-bedrock-quota-checker 0.4.0 (read 2026-11-22).
  ["L-E3F10727", { kind: "cross-model-day" }],
]);
