import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import { readModelId } from "../fleet/model-id.ts";

/** The part of a target that says what a session must be allowed to do. */
export type PolicyTarget = Pick<Target, "accountId" | "region" | "endpoint" | "modelId">;

/** What else an account is asked for, and not charged. */
export interface UnchargedTargets {
  /** Foundation models whose tokens are counted, besides those the targets name. */
  readonly countTargets?: readonly PolicyTarget[];
  /** Where guardrails are applied without a model. */
  readonly places?: readonly PolicyTarget[];
}

/** Longest session policy STS takes, in characters. Source: AWS STS API Reference, "AssumeRole" (read 2026-11-22). */
const longestPolicy = 2048;

/**
 * A session policy under which a session of an account can call what the account serves, in its source Regions, and
 * nothing else, whatever more its role allows: a stolen session is worth no more. Models behind a profile can be called
 * through that profile only. On `bedrock-mantle` it narrows the Region, not the model.
 * @param targets - of one account, as are the uncharged ones; none of either: a session that may do nothing.
 * @returns JSON text of at most 2,048 characters.
 * @throws {ShardrockError} `config-invalid` when the policy would be longer, or when a target does not say which models
 * are behind it (prompts and prompt routers).
 * Source: AWS, "Geographic cross-Region inference" and "Global cross-Region inference": profile ARN in the source Region,
 * models behind it with `bedrock:InferenceProfileArn`, a model ARN without Region for global profiles; Service
 * Authorization Reference for Bedrock: Converse needs `InvokeModel`, CountTokens takes foundation models only (read
 * 2026-11-22).
 */
export function modelSessionPolicy(
  targets: readonly PolicyTarget[],
  { countTargets = [], places = [] }: UnchargedTargets = {},
): string {
  const runtime = targets.filter(({ endpoint }) => endpoint === "runtime");
  const statements = [
    ...invoking(runtime),
    ...behindProfiles(runtime),
    ...counting([...runtime, ...countTargets]),
    ...guarding([...runtime, ...places]),
    ...mantle(targets),
  ];
  const text = policyOf(statements.length === 0 ? [{ Effect: "Deny", Action: "*", Resource: "*" }] : statements);
  if (text.length <= longestPolicy) return text;
  throw new ShardrockError(
    "config-invalid",
    `the session policy for the models of account ${targets[0]?.accountId ?? ""} would take ${text.length} characters, STS takes ${longestPolicy}: serve fewer models there, or write a policy with wildcards`,
  );
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[] | string;
  readonly Resource: readonly string[] | string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[] | string>>>>;
}

const invokeActions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

/** What is called directly: one statement for all that is called in the same Regions. */
function invoking(targets: readonly PolicyTarget[]): readonly Statement[] {
  const called = targets.map((target) => ({ resource: calledOf(target).resource, region: target.region }));
  const regionsOf = new Map(
    sorted(called.map(({ resource }) => resource)).map((resource) => [
      resource,
      sorted(called.filter((each) => each.resource === resource).map(regionOf)),
    ]),
  );
  return sorted([...regionsOf.values()].map((regions) => regions.join())).map((key) => ({
    Effect: "Allow",
    Action: invokeActions,
    Resource: [...regionsOf].flatMap(([resource, regions]) => (regions.join() === key ? [resource] : [])),
    Condition: inRegions(key.split(",")),
  }));
}

/**
 * What a profile hands calls to, in whichever Region it does. Which profile that may be is said above, and a profile is
 * made of one model for good, so the models need no names here, and a policy of 2,048 characters has no room for them.
 */
function behindProfiles(targets: readonly PolicyTarget[]): readonly Statement[] {
  const profiles = targets.map((target) => ({ target, ...calledOf(target) })).filter(({ isProfile }) => isProfile);
  const [first] = profiles;
  if (first === undefined) return [];
  const inRegion = modelArn(first.target, "*");
  const mayBeGlobal = profiles.some(({ resource }) => !resource.includes(":inference-profile/") || isGlobal(resource));
  const Resource = mayBeGlobal ? [inRegion, inRegion.replace(":*::", ":::")] : [inRegion];
  const anyProfile = `${bedrockArn(first.target, first.target.accountId)}:*inference-profile/*`;
  const Condition = { StringLike: { "bedrock:InferenceProfileArn": anyProfile } };
  return [{ Effect: "Allow", Action: invokeActions, Resource, Condition }];
}

/** CountTokens takes foundation models only, and stays in the Region that is called. */
function counting(targets: readonly PolicyTarget[]): readonly Statement[] {
  const named = targets.filter((target) => calledOf(target).baseModelId !== undefined);
  if (named.length === 0) return [];
  return [
    {
      Effect: "Allow",
      Action: "bedrock:CountTokens",
      Resource: sorted(named.map((target) => modelArn(target, calledOf(target).baseModelId ?? ""))),
      Condition: inRegions(sorted(named.map(regionOf))),
    },
  ];
}

/** A guardrail with a profile of its own may evaluate in other Regions than the call. */
function guarding([first]: readonly PolicyTarget[]): readonly Statement[] {
  if (first === undefined) return [];
  const guardrails = `${bedrockArn(first, first.accountId)}:guardrail*/*`;
  return [{ Effect: "Allow", Action: "bedrock:ApplyGuardrail", Resource: guardrails }];
}

/** Source: bedrock-mantle's IAM action as its SDKs name it; it has no resource we could name surely (read 2026-11-22). */
function mantle(targets: readonly PolicyTarget[]): readonly Statement[] {
  const regions = sorted(targets.filter(({ endpoint }) => endpoint === "mantle").map(regionOf));
  if (regions.length === 0) return [];
  return [{ Effect: "Allow", Action: "bedrock-mantle:CreateInference", Resource: "*", Condition: inRegions(regions) }];
}

interface Called {
  readonly resource: string;
  readonly isProfile: boolean;
  /** Undefined: the ARN does not say. */
  readonly baseModelId: string | undefined;
}

const arnPattern = /^arn:[^:]+:bedrock:[^:]*:[^:]*:([a-z-]+)\/(.+)$/;
const ownModels: ReadonlySet<string> = new Set(["provisioned-model", "imported-model", "custom-model-deployment"]);

function calledOf(target: PolicyTarget): Called {
  const { modelId } = target;
  const [, kind, name = ""] = arnPattern.exec(modelId) ?? [];
  if (kind === "application-inference-profile") return { resource: modelId, isProfile: true, baseModelId: undefined };
  if (kind !== undefined && ownModels.has(kind)) return { resource: modelId, isProfile: false, baseModelId: undefined };
  const id = kind === "foundation-model" || kind === "inference-profile" ? name : modelId;
  const read = readModelId(id);
  if (read.kind === "problem") {
    const message = `no session policy can be made for ${modelId}, which does not say what it calls; write the account's policy yourself`;
    throw new ShardrockError("config-invalid", message);
  }
  const { baseModelId } = read;
  const isProfile = kind === "inference-profile" || read.scope !== "on-demand";
  const profileArn = `${bedrockArn(target, target.accountId)}:inference-profile/${id}`;
  return { resource: isProfile ? profileArn : modelArn(target, baseModelId), isProfile, baseModelId };
}

/** Global profiles ask once more for the model, without a Region. */
function isGlobal(profileArn: string): boolean {
  return profileArn.includes(":inference-profile/global.");
}

function modelArn(target: PolicyTarget, baseModelId: string): string {
  return `${bedrockArn(target, "")}:foundation-model/${baseModelId}`;
}

function bedrockArn({ region }: PolicyTarget, accountId: string): string {
  return `arn:${partitionOf(region)}:bedrock:*:${accountId}`;
}

function partitionOf(region: string): string {
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return region.startsWith("cn-") ? "aws-cn" : "aws";
}

function inRegions(regions: readonly string[]): NonNullable<Statement["Condition"]> {
  return { StringEquals: { "aws:RequestedRegion": regions } };
}

function regionOf({ region }: Pick<PolicyTarget, "region">): string {
  return region;
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}

function policyOf(Statement: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
