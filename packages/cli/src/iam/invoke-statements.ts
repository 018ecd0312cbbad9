import type { Config, ReachableTarget } from "@shardrock/core";
import { modelArn, partitionOf } from "./arns.ts";
import { calledResources } from "./called-resource.ts";
import { grouped } from "../grouped.ts";
import { type Conditions, sorted, type Statement } from "./policy.ts";

/** What an account's role is asked for by a router. */
export interface InvokeAsked {
  /** 12 digits. */
  readonly accountId: string;
  /** Of this account. */
  readonly targets: readonly ReachableTarget[];
  readonly config: Config;
}

/** Source: AWS Service Authorization Reference for Bedrock: Converse needs `InvokeModel` (read 2026-11-23). */
export const invokeActions: readonly string[] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

/**
 * What a router does in an account, and nothing else: it calls what the config names, in its source Regions; models behind
 * a profile only through that profile, in the Regions where it may run; it counts tokens, and applies named guardrails.
 * Source: AWS, "Geographic cross-Region inference" and "Global cross-Region inference": the profile in the source Region,
 * the model in every destination with `bedrock:InferenceProfileArn`, and for global ones the model in the source Region and
 * once without a Region, where `aws:RequestedRegion` is `unspecified` (read 2026-11-23).
 */
export function invokeStatements(asked: InvokeAsked): readonly Statement[] {
  const runtime = asked.targets.filter(({ endpoint }) => endpoint === "runtime");
  return [
    ...calling(runtime),
    ...behindProfiles(runtime, asked.config),
    ...counting(runtime),
    ...guarding(asked),
    ...callingMantle(asked.targets),
    ...refusingKeys(),
  ];
}

function calling(targets: readonly ReachableTarget[]): readonly Statement[] {
  const called = targets.flatMap((target) => calledResources(target) ?? []);
  const of = (isProfile: boolean): readonly string[] =>
    sorted(called.flatMap((each) => (each.isProfile === isProfile ? [each.arn] : [])));
  return [...allow("CallModels", of(false)), ...allow("CallProfiles", of(true))];
}

/** A profile, and the models it may hand a call to. */
interface Passage {
  readonly profileArn: string;
  readonly models: readonly string[];
  /** The model without a Region, where the profile may name none. */
  readonly globalModel: string | undefined;
}

/** Most profiles one condition names, so that a statement fits into a policy. */
const mostProfiles = 20;

/** A profile is made of one model for good, so models of one reach may stand in one statement. */
function behindProfiles(targets: readonly ReachableTarget[], config: Config): readonly Statement[] {
  const passages = targets.flatMap((target) => passagesOf(target, config));
  const global = passages.filter(({ globalModel }) => globalModel !== undefined);
  return [
    ...throughProfiles(passages, { sid: "RunBehindProfiles", modelsOf: ({ models }) => models }),
    ...throughProfiles(global, {
      sid: "RunBehindGlobalProfiles",
      modelsOf: ({ globalModel = "" }) => [globalModel],
      also: { "aws:RequestedRegion": "unspecified" },
    }),
  ];
}

function passagesOf(target: ReachableTarget, config: Config): readonly Passage[] {
  const partition = partitionOf(target.region);
  const reach = reachOf(target, config);
  const regions = reach.includes("*") ? reach : [...reach, target.region];
  return (calledResources(target) ?? [])
    .filter(({ isProfile }) => isProfile)
    .map(({ arn, mayBeGlobal }) => ({
      profileArn: arn,
      models: sorted(regions.map((region) => modelArn(partition, region, target.baseModelId))),
      globalModel:
        mayBeGlobal && isGlobalAllowed(target, config) ? modelArn(partition, "", target.baseModelId) : undefined,
    }));
}

/** Where it may run: as the config says, else wherever residency lets it; `*`: anywhere. A global one names no other Region. */
function reachOf({ destinationRegions, scope, region }: ReachableTarget, { residency }: Config): readonly string[] {
  if (scope === "global") return [region];
  if (destinationRegions !== undefined) return destinationRegions;
  return residency.allowedRegions === "anywhere" ? ["*"] : residency.allowedRegions;
}

/** Without destinations in the config, a global profile may run anywhere. */
function isGlobalAllowed({ destinationRegions }: ReachableTarget, { residency }: Config): boolean {
  return residency.allowedRegions === "anywhere" || destinationRegions !== undefined;
}

function throughProfiles(
  passages: readonly Passage[],
  {
    sid,
    modelsOf,
    also = {},
  }: {
    readonly sid: string;
    readonly modelsOf: (passage: Passage) => readonly string[];
    readonly also?: Readonly<Record<string, string>>;
  },
): readonly Statement[] {
  const byModels = grouped(passages, (passage) => modelsOf(passage).join());
  return sorted(byModels.keys()).flatMap((key) => {
    const group = byModels.get(key) ?? [];
    return chunks(sorted(group.map(({ profileArn }) => profileArn))).flatMap((profiles) =>
      allow(sid, sorted(group.flatMap(modelsOf)), { Condition: throughOneOf(profiles, also) }),
    );
  });
}

function throughOneOf(profiles: readonly string[], also: Readonly<Record<string, string>>): Conditions {
  const through = { "bedrock:InferenceProfileArn": profiles };
  if (!profiles.some((arn) => arn.includes("*"))) return { StringEquals: { ...also, ...through } };
  return { ...(Object.keys(also).length > 0 && { StringEquals: also }), StringLike: through };
}

function chunks(texts: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(texts.length / mostProfiles);
  return Array.from({ length: count }, (_, index) => texts.slice(index * mostProfiles, (index + 1) * mostProfiles));
}

/** CountTokens takes foundation models only, and stays in the Region that is called. */
function counting(targets: readonly ReachableTarget[]): readonly Statement[] {
  const models = targets.map(({ region, baseModelId }) => modelArn(partitionOf(region), region, baseModelId));
  return allow("CountTokens", sorted(models), { Action: ["bedrock:CountTokens"] });
}

const guardrailArn = /^arn:[^:]+:bedrock:[^:]+:(\d{12}):guardrail\/[a-z0-9]+$/;
/** Source: Bedrock API reference, `guardrailIdentifier` (read 2026-11-23). What is no guardrail's, such as a bucket's, names none. */
const guardrailId = /^[a-z0-9]{4,64}$/;

/** Guardrails that `resources` names. Those with a profile of their own reach other Regions, and are left out: they may leave residency. */
function guarding({ accountId, config }: InvokeAsked): readonly Statement[] {
  const entries = [...config.resources.values()].flat().filter(({ account }) => account === accountId);
  const regions = config.accounts.find(({ id }) => id === accountId)?.regions ?? [];
  const arns = entries.flatMap(({ id, region }) => {
    if (guardrailArn.exec(id)?.[1] === accountId) return [id];
    const places = region === undefined ? regions : [region];
    return guardrailId.test(id)
      ? places.map((place) => `arn:${partitionOf(place)}:bedrock:${place}:${accountId}:guardrail/${id}`)
      : [];
  });
  return allow("ApplyGuardrails", sorted(arns), { Action: ["bedrock:ApplyGuardrail"] });
}

/** Source: bedrock-mantle's IAM action as its SDKs name it; it has no resource we could name surely (read 2026-11-22). */
function callingMantle(targets: readonly ReachableTarget[]): readonly Statement[] {
  const regions = sorted(targets.flatMap(({ endpoint, region }) => (endpoint === "mantle" ? [region] : [])));
  if (regions.length === 0) return [];
  const Condition = { StringEquals: { "aws:RequestedRegion": regions } };
  return allow("CallMantle", ["*"], { Action: ["bedrock-mantle:CreateInference"], Condition });
}

/** A key made of this role would carry it to wherever the key goes. */
function refusingKeys(): readonly Statement[] {
  const Action = ["bedrock-mantle:CallWithBearerToken", "bedrock:CallWithBearerToken"];
  return [{ Sid: "RefuseApiKeys", Effect: "Deny", Action, Resource: ["*"] }];
}

function allow(Sid: string, Resource: readonly string[], how: Allowing = {}): readonly Statement[] {
  const { Action = invokeActions, Condition } = how;
  if (Resource.length === 0) return [];
  return [{ Sid, Effect: "Allow", Action, Resource, ...(Condition !== undefined && { Condition }) }];
}

interface Allowing {
  /** To call models unless told. */
  readonly Action?: readonly string[];
  readonly Condition?: Conditions;
}
