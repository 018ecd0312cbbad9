import type { QuotaPlace, ReachableTarget } from "@shardrock/core";
import type { ProfileRow } from "@shardrock/quotas";

/** An id by which a model is called in a place, and the quota scope it spends. */
export interface ServedHere {
  /** The name callers use. */
  readonly model: string;
  readonly endpoint: ReachableTarget["endpoint"];
  readonly modelId: string;
  readonly baseModelId: string;
  readonly scope: NonNullable<ReachableTarget["scope"]>;
  /** What AWS lists of it; undefined: it is no profile, or is not listed. */
  readonly profile: ProfileRow | undefined;
  /** Whether the config names it, rather than the model. */
  readonly isNamed: boolean;
  /** As the config has them. */
  readonly destinationRegions: readonly string[] | undefined;
}

const modelArn = /^arn:[a-z-]+:bedrock:[a-z0-9-]*::foundation-model\/(.+)$/;

/** What the config has called in a place: the ids it names, and of models that name none the profiles AWS lists. */
export function servedHere(
  targets: readonly ReachableTarget[],
  place: QuotaPlace,
  profiles: readonly ProfileRow[],
): readonly ServedHere[] {
  return targets
    .filter(({ accountId, region }) => accountId === place.accountId && region === place.region)
    .flatMap((target) => (target.modelId === undefined ? foundHere(target, profiles) : namedHere(target, profiles)));
}

function namedHere(
  { model, endpoint, modelId = "", baseModelId, scope = "on-demand", destinationRegions }: ReachableTarget,
  profiles: readonly ProfileRow[],
): readonly ServedHere[] {
  const id = modelId.split(":inference-profile/").at(-1) ?? modelId;
  const profile = profiles.find((each) => each.id === id || each.id === modelId);
  return [{ model, endpoint, modelId, baseModelId, scope, profile, isNamed: true, destinationRegions }];
}

function foundHere(
  { model, endpoint, baseModelId }: ReachableTarget,
  profiles: readonly ProfileRow[],
): readonly ServedHere[] {
  if (endpoint !== "runtime") return []; // AWS lists nothing of mantle's
  const own = profiles.filter(
    ({ type, modelArns }) =>
      type === "system" && modelArns.length > 0 && modelArns.every((arn) => modelArn.exec(arn)?.[1] === baseModelId),
  );
  return own.map((profile) => ({
    model,
    endpoint,
    modelId: profile.id,
    baseModelId,
    scope: profile.id.startsWith("global.") ? "global" : "geo",
    profile,
    isNamed: false,
    destinationRegions: undefined,
  }));
}
