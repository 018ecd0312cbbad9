import type { Config, Fleet, QuotaPlace } from "@shardrock/core";
import type { MinuteQuota } from "@shardrock/quotas";

/** A minute quota of one account and Region. */
export type PlacedQuota = QuotaPlace & MinuteQuota;

/** What the book calls it. */
export function quotaKeyOf({ accountId, region, endpoint, baseModelId, scope, unit }: PlacedQuota): string {
  return `${accountId}/${region}/${endpoint}/${baseModelId}/${scope}/${unit}/minute`;
}

/** What the config says of a quota for all processes together, in units a minute; undefined: nothing. */
export function configuredLimit(
  quota: PlacedQuota,
  { fleet, config }: { readonly fleet: Fleet; readonly config: Config },
): number | undefined {
  const key = quotaKeyOf(quota);
  const limit = fleet.limits.find((each) => each.key === key);
  return limit === undefined ? undefined : Math.round(limit.value * config.instances);
}
