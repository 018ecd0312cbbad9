import type { QuotaScope } from "../config/quotas.ts";

/** What an id says about the quota it spends and where it may be called. */
export interface ModelId {
  readonly kind: "model-id";
  /** The foundation model, without the prefix of a geography: models and profiles of one base share its quotas. */
  readonly baseModelId: string;
  readonly scope: QuotaScope;
  /** True: surely processed in the Region that is called. Never true for an id we cannot place. */
  readonly staysInRegion: boolean;
  /** The only account that has it, for an ARN that names one. */
  readonly accountId: string | undefined;
  /** The only source Region that has it, for an ARN. */
  readonly region: string | undefined;
}

/** Why an id cannot be served, and which option to change. */
export interface ModelIdProblem {
  readonly kind: "problem";
  readonly option: "id" | "baseModel";
  readonly message: string;
}

/**
 * Prefixes of a geography's cross-Region profiles; `global` is a scope of its own.
 * Source: AWS agent toolkit and sample-bedrock-quota-checker (read 2026-11-22). An unknown one is taken for a geography.
 */
const profilePrefixes: ReadonlySet<string> = new Set("us us-gov eu apac jp au ca sa kr in il mx".split(" "));

/**
 * First words of plain model ids. A word that is not here proves nothing, so such an id's destinations are unknown:
 * without this list a new geography's profile would pass for a model that stays in its Region.
 * Source: AWS, "Models at a glance" and "Supported foundation models" (read 2026-11-22).
 */
const providers: ReadonlySet<string> = new Set(
  (
    "ai21 amazon anthropic cohere deepseek google luma meta minimax mistral moonshot moonshotai nvidia openai qwen " +
    "stability twelvelabs writer zai"
  ).split(" "),
);

const arnPattern =
  /^arn:aws[a-z-]{0,16}:bedrock:([a-z0-9-]{1,32}):(\d{12})?:((?:foundation-model|(?:application-)?inference-profile))\/([\w.:-]{1,256})$/;
const arnRule =
  "must be a Bedrock ARN of a foundation model, an inference profile or an application inference profile, with its Region";
const idRule = "must be a model id such as amazon.nova-pro-v1:0, an inference-profile id or an ARN";
const baseModelRule = "is for application inference profiles only; this id names its model itself";
const baseModelMissing = "is missing; name the model or profile this application inference profile was made from";

/**
 * Reads a model id, inference-profile id or ARN.
 * @param baseModel - what the ARN of an application inference profile does not say: the id it was made from.
 */
export function readModelId(id: string, baseModel?: string): ModelId | ModelIdProblem {
  const [, region, accountId, kind, name = ""] = arnPattern.exec(id) ?? [];
  const isApplicationProfile = kind === "application-inference-profile";
  if (kind === undefined && id.startsWith("arn:")) return problem("id", arnRule);
  if (isApplicationProfile && baseModel === undefined) return problem("baseModel", baseModelMissing);
  if (!isApplicationProfile && baseModel !== undefined) return problem("baseModel", baseModelRule);
  const read = readPlainId(baseModel ?? (kind === undefined ? id : name));
  if (read.kind === "problem") return isApplicationProfile ? problem("baseModel", read.message) : read;
  const staysInRegion = read.staysInRegion && (kind === undefined || kind === "foundation-model");
  return { ...read, staysInRegion, accountId, region };
}

function readPlainId(id: string): ModelId | ModelIdProblem {
  if (!/^[a-z0-9-]{1,32}\.[\w.:-]{1,256}$/.test(id)) return problem("id", idRule);
  const [first = "", second = ""] = id.split(".", 2);
  const unprefixed = id.slice(first.length + 1);
  const profile = { kind: "model-id", baseModelId: unprefixed, staysInRegion: false } as const;
  const nowhere = { accountId: undefined, region: undefined } as const;
  if (first === "global") return { ...profile, ...nowhere, scope: "global" };
  if (profilePrefixes.has(first)) return { ...profile, ...nowhere, scope: "geo" };
  if (!providers.has(first) && providers.has(second)) return { ...profile, ...nowhere, scope: "geo" };
  return { ...profile, ...nowhere, baseModelId: id, scope: "on-demand", staysInRegion: providers.has(first) };
}

function problem(option: ModelIdProblem["option"], message: string): ModelIdProblem {
  return { kind: "problem", option, message };
}
