import type { QuotaPlace, ReachableTarget } from "@shardrock/core";
import { type MappedRows, modelName, type ProfileRow, type QuotaRow } from "@shardrock/quotas";

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

/** What AWS tells of a place, as far as it could be read. */
export interface ToldHere {
  readonly profiles: readonly ProfileRow[];
  readonly rows: MappedRows<QuotaRow>;
}

/** What the config has called in a place: the ids it names, and of models that name none those by which the router finds them. */
export function servedHere(
  targets: readonly ReachableTarget[],
  place: QuotaPlace,
  told: ToldHere,
): readonly ServedHere[] {
  return targets
    .filter(({ accountId, region }) => accountId === place.accountId && region === place.region)
    .flatMap((target) => (target.modelId === undefined ? foundHere(target, told) : namedHere(target, told)));
}

function namedHere(
  { model, endpoint, modelId = "", baseModelId, scope = "on-demand", destinationRegions }: ReachableTarget,
  { profiles }: ToldHere,
): readonly ServedHere[] {
  const id = modelId.split(":inference-profile/").at(-1) ?? modelId;
  const profile = profiles.find((each) => each.id === id || each.id === modelId);
  return [{ model, endpoint, modelId, baseModelId, scope, profile, isNamed: true, destinationRegions }];
}

function foundHere(
  { model, endpoint, baseModelId }: ReachableTarget,
  { profiles, rows }: ToldHere,
): readonly ServedHere[] {
  if (endpoint !== "runtime") return []; // AWS lists nothing of mantle's
  const own = profiles.filter(
    ({ type, modelArns }) =>
      type === "system" && modelArns.length > 0 && modelArns.every((arn) => modelArn.exec(arn)?.[1] === baseModelId),
  );
  const shared = { model, endpoint, baseModelId, isNamed: false, destinationRegions: undefined };
  return [
    ...(hasOwnQuota(baseModelId, rows)
      ? [{ ...shared, modelId: baseModelId, scope: "on-demand" as const, profile: undefined }]
      : []),
    ...own.map((profile) => ({ ...shared, modelId: profile.id, scope: scopeOf(profile), profile })),
  ];
}

function scopeOf({ id }: ProfileRow): "global" | "geo" {
  return id.startsWith("global.") ? "global" : "geo";
}

/** Where it has one, a model is called by its own id too. */
function hasOwnQuota(baseModelId: string, { mapped }: MappedRows<QuotaRow>): boolean {
  const name = modelName(baseModelId);
  return mapped.some(
    ({ meaning }) =>
      meaning.kind === "model" &&
      meaning.model === name &&
      meaning.endpoint === "runtime" &&
      meaning.scope === "on-demand" &&
      meaning.variant === "standard",
  );
}
