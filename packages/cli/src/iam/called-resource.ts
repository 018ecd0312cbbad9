import type { ReachableTarget } from "@shardrock/core";
import { accountArn, modelArn, partitionOf } from "./arns.ts";

/** What a call to a target needs a permission for. */
export interface CalledResource {
  /** What is called: a model, or a profile. */
  readonly arn: string;
  /** Whether it hands the call on to models in other Regions. */
  readonly isProfile: boolean;
  /** Whether it may hand it on without naming a Region. */
  readonly mayBeGlobal: boolean;
}

const arnPattern = /^arn:[^:]+:bedrock:[^:]*:[^:]*:([a-z-]+)\/(.+)$/;

/** Models of one account alone: they run where they are. */
const ownModels: ReadonlySet<string> = new Set(["provisioned-model", "imported-model", "custom-model-deployment"]);

/** Their ARN does not say what they call, nor is a list of it published. */
const opaqueKinds: ReadonlySet<string> = new Set(["prompt", "prompt-router", "default-prompt-router"]);

/**
 * What each call to a target of the runtime endpoint is checked against, first of all. A model that AWS is asked for the
 * ids of is called by its own and by any profile named after it.
 * @returns undefined for what no policy can be made of: prompts and prompt routers.
 */
export function calledResources(target: ReachableTarget): readonly CalledResource[] | undefined {
  const { modelId, baseModelId, region } = target;
  const direct = { arn: modelArn(partitionOf(region), region, baseModelId), isProfile: false, mayBeGlobal: false };
  const profile = (id: string, mayBeGlobal: boolean): CalledResource => ({
    arn: accountArn(target, `inference-profile/${id}`),
    isProfile: true,
    mayBeGlobal,
  });
  if (modelId === undefined) return [direct, profile(`*.${baseModelId}`, true)];
  const [, kind, name = modelId] = arnPattern.exec(modelId) ?? [];
  if (kind !== undefined && opaqueKinds.has(kind)) return undefined;
  if (kind !== undefined && ownModels.has(kind)) return [{ ...direct, arn: modelId }];
  const mayBeGlobal = target.scope === "global";
  if (kind === "application-inference-profile") return [{ arn: modelId, isProfile: true, mayBeGlobal }];
  return kind === "inference-profile" || target.scope === "geo" || mayBeGlobal
    ? [profile(name, mayBeGlobal)]
    : [direct];
}
