import type { Target } from "../../budget/target.ts";
import { residencyRefusal } from "../../routing/residency.ts";
import type { QuotaScope } from "../config/quotas.ts";
import type { Config } from "../config/shardrock-config.ts";
import { type DraftTarget, draftTargets } from "./draft-targets.ts";

/** Where calls of a model may come to go, as far as the config alone can tell. */
export interface ReachableTarget extends Pick<Target, "accountId" | "region" | "endpoint"> {
  /** The name callers use. */
  readonly model: string;
  /** As sent to AWS; undefined: the model's own id and that of each of its system profiles, as AWS names them there. */
  readonly modelId: string | undefined;
  readonly baseModelId: string;
  /** Undefined with `modelId`. */
  readonly scope: QuotaScope | undefined;
  /** Regions where it may run; undefined: what AWS tells, and residency allows. */
  readonly destinationRegions: readonly string[] | undefined;
}

/**
 * Everything a router of this config may come to use, whatever limits and profiles it finds: for whoever writes the
 * policies it runs under. Unlike in a fleet, a profile is in it whose destinations only AWS can tell, and so is a target
 * whose quota nobody knows yet. What residency surely refuses is not.
 */
export function reachableTargets(config: Config): readonly ReachableTarget[] {
  const { allowedRegions } = config.residency;
  const mayBeResident = (target: ReachableTarget): boolean => {
    if (allowedRegions === "anywhere") return true;
    const { destinationRegions = target.scope === "global" ? [] : [target.region] } = target;
    return residencyRefusal({ region: target.region, destinationRegions }, allowedRegions) === undefined;
  };
  return [...config.models].flatMap(([name, model]) => {
    const named = draftTargets(name, model, { config, findings: undefined }).map(reachable);
    return [...named, ...foundLater(name, model.model, config)].filter(mayBeResident);
  });
}

function reachable({
  accountId,
  region,
  endpoint,
  model,
  modelId,
  baseModelId,
  scope,
  destinationRegions,
}: DraftTarget): ReachableTarget {
  return { accountId, region, endpoint, model, modelId, baseModelId, scope, destinationRegions };
}

/** A model that names no ids is reached by those AWS has, on either endpoint. */
function foundLater(model: string, baseModelId: string | undefined, { accounts }: Config): readonly ReachableTarget[] {
  if (baseModelId === undefined) return [];
  const endpoints = ["runtime", "mantle"] as const;
  return accounts.flatMap(({ id: accountId, regions }) =>
    regions.flatMap((region) =>
      endpoints.map((endpoint) => ({
        accountId,
        region,
        endpoint,
        model,
        modelId: undefined,
        baseModelId,
        scope: undefined,
        destinationRegions: undefined,
      })),
    ),
  );
}
