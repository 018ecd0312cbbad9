import { dayWindowMs, type Quota, type QuotaHost, type QuotaPlace, type Target } from "@shardrock/core";
import { placeKey } from "../reader/place-key.ts";

/** A minute quota of the book, and whose calls AWS charges to it. */
export interface MeteredQuota extends Quota {
  readonly place: QuotaPlace;
  readonly endpoint: Target["endpoint"];
  /** Units per window, as published. */
  readonly limit: number;
  /** The ids that share it, as they are called, and what an output token takes of it. */
  readonly ids: ReadonlyMap<string, number>;
}

/** The minute quotas of every place that takes calls, place after place. */
export function meteredQuotas({ fleet, places }: Pick<QuotaHost, "fleet" | "places">): readonly MeteredQuota[] {
  const limits = new Map(fleet.limits.map(({ key, value }) => [key, value]));
  const byPlace = new Map(places.map((place) => [placeKey(place), new Map<string, Mutable>()]));
  const served = [...fleet.models.values()].flatMap(({ targets, burndown }) =>
    targets.flatMap((target) => target.quotas.map((quota) => ({ target, quota, burndown }))),
  );
  for (const { target, quota, burndown } of served) {
    const quotas = byPlace.get(placeKey(target));
    const limit = limits.get(quota.key);
    if (quotas !== undefined && limit !== undefined) add(quotas, { target, quota, limit, burndown });
  }
  return [...byPlace.values()].flatMap((quotas) => [...quotas.values()]);
}

type Mutable = MeteredQuota & { readonly ids: Map<string, number> };

interface Found {
  readonly target: Target;
  readonly quota: Quota;
  readonly limit: number;
  readonly burndown: number;
}

function add(quotas: Map<string, Mutable>, { target, quota, limit, burndown }: Found): void {
  if (quota.windowMs >= dayWindowMs) return;
  const { accountId, region, endpoint, modelId } = target;
  const metered = quotas.get(quota.key) ?? {
    ...quota,
    limit,
    endpoint,
    place: { accountId, region },
    ids: new Map<string, number>(),
  };
  metered.ids.set(modelId, burndown);
  quotas.set(quota.key, metered);
}
