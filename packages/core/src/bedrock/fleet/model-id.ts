import type { Target } from "../../budget/target.ts";
import type { QuotaScope } from "../config/quotas.ts";
import { profilePrefixes, providers } from "./id-words.ts";

/** What an id says about the quota it spends and where it may be called. */
export interface ModelId {
  readonly kind: "model-id";
  /** The foundation model, without the prefix of a geography: models and profiles of one base share its quotas. */
  readonly baseModelId: string;
  readonly scope: QuotaScope;
  /** Whose quotas it spends: the base model's, or with scope `dedicated` its own. */
  readonly quotaOwner: string;
  readonly profileType: NonNullable<Target["profileType"]>;
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

/** Ids are bounded before a pattern sees them; so long as AWS takes them. */
const longestId = 2048;

/** Kinds of ARN that do not name their model, and what each is called in a message. */
const namelessKinds = {
  "application-inference-profile": "application inference profile",
  "provisioned-model": "provisioned model",
  "imported-model": "imported model",
  "custom-model-deployment": "custom model deployment",
  "prompt-router": "prompt router",
  "default-prompt-router": "prompt router",
  prompt: "prompt",
} as const;

/**
 * Models of one account alone: they run in their Region, under quotas of their own.
 * Source: AWS, "Increase model invocation capacity with Provisioned Throughput", "Invoke your imported model",
 * "Deploy a custom model for on-demand inference" (read 2026-11-22).
 */
const dedicatedKinds: ReadonlySet<string> = new Set(["provisioned-model", "imported-model", "custom-model-deployment"]);

const arnPattern = /^arn:aws[a-z-]{0,16}:bedrock:([a-z0-9-]{1,32}):(\d{12}|):([a-z-]{1,32})\/([\w.:-]{1,256})$/;
const arnRule =
  "must be a Bedrock ARN, with its Region, of a foundation model, an inference profile, an application inference " +
  "profile, a provisioned, imported or deployed custom model, a prompt router or a prompt";
const idRule = "must be a model id such as amazon.nova-pro-v1:0, an inference-profile id or an ARN";
const baseModelRule = "is for ARNs that do not name their model only; this id names its model itself";

/**
 * Reads a model id, inference-profile id or ARN of the runtime endpoint.
 * @param baseModel - what the ARN of a {@link namelessKinds | kind without a model's name} does not say: the id behind it.
 */
export function readModelId(id: string, baseModel?: string): ModelId | ModelIdProblem {
  if (id.length > longestId) return problem("id", idRule);
  if (id.startsWith("arn:")) return readArn(id, baseModel);
  return baseModel === undefined ? readPlainId(id) : problem("baseModel", baseModelRule);
}

function readArn(arn: string, baseModel: string | undefined): ModelId | ModelIdProblem {
  const [, region, account = "", kind = "", name = ""] = arnPattern.exec(arn) ?? [];
  const accountId = account === "" ? undefined : account;
  if (isNameless(kind)) {
    return accountId === undefined ? problem("id", arnRule) : readNameless({ arn, kind, accountId, region }, baseModel);
  }
  const isModel = kind === "foundation-model";
  if (!isModel && (kind !== "inference-profile" || accountId === undefined)) return problem("id", arnRule);
  if (baseModel !== undefined) return problem("baseModel", baseModelRule);
  const read = readPlainId(name);
  return read.kind === "problem" ? read : { ...read, staysInRegion: read.staysInRegion && isModel, accountId, region };
}

interface NamelessArn {
  readonly arn: string;
  readonly kind: keyof typeof namelessKinds;
  readonly accountId: string;
  readonly region: string | undefined;
}

/** Where a router, a prompt or an application profile runs depends on what is behind it, which its ARN does not say. */
function readNameless(
  { arn, kind, accountId, region }: NamelessArn,
  baseModel: string | undefined,
): ModelId | ModelIdProblem {
  if (baseModel === undefined) {
    return problem("baseModel", `is missing; name the model or profile behind this ${namelessKinds[kind]}`);
  }
  const read = baseModel.length > longestId ? problem("baseModel", idRule) : readPlainId(baseModel);
  if (read.kind === "problem") return problem("baseModel", read.message);
  const place = { accountId, region };
  if (dedicatedKinds.has(kind)) {
    return { ...read, ...place, scope: "dedicated", quotaOwner: arn, profileType: "single", staysInRegion: true };
  }
  const profileType = kind === "application-inference-profile" ? "application" : read.profileType;
  return { ...read, ...place, profileType, staysInRegion: false };
}

function isNameless(kind: string): kind is keyof typeof namelessKinds {
  return Object.hasOwn(namelessKinds, kind);
}

function readPlainId(id: string): ModelId | ModelIdProblem {
  if (!/^[a-z0-9-]{1,32}\.[\w.:-]{1,256}$/.test(id)) return problem("id", idRule);
  const [first = "", second = ""] = id.split(".", 2);
  const unprefixed = id.slice(first.length + 1);
  if (first === "global") return profileOf(unprefixed, "global");
  if (profilePrefixes.words.has(first)) return profileOf(unprefixed, "geo");
  if (!providers.words.has(first) && providers.words.has(second)) return profileOf(unprefixed, "geo");
  return {
    kind: "model-id",
    baseModelId: id,
    scope: "on-demand",
    quotaOwner: id,
    profileType: "single",
    staysInRegion: providers.words.has(first),
    accountId: undefined,
    region: undefined,
  };
}

function profileOf(baseModelId: string, scope: "geo" | "global"): ModelId {
  return {
    kind: "model-id",
    baseModelId,
    scope,
    quotaOwner: baseModelId,
    profileType: scope,
    staysInRegion: false,
    accountId: undefined,
    region: undefined,
  };
}

function problem(option: ModelIdProblem["option"], message: string): ModelIdProblem {
  return { kind: "problem", option, message };
}
