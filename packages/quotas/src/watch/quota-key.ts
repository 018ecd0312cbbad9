import type { MinuteUnit, Quota, QuotaScope, Target } from "@shardrock/core";

/** What a minute quota of the book is about. */
export interface QuotaOfBook {
  readonly key: string;
  readonly unit: MinuteUnit;
  readonly endpoint: Target["endpoint"];
  readonly scope: QuotaScope;
  readonly baseModelId: string;
}

const scopes: readonly QuotaScope[] = ["on-demand", "geo", "global", "dedicated"];

/**
 * Reads a key such as `111111111111/us-east-1/runtime/anthropic.claude-sonnet-4-6/geo/tokens/minute`; undefined: it is
 * of no minute.
 */
export function quotaOfBook(target: Target, { key, unit }: Quota): QuotaOfBook | undefined {
  const { accountId, region, endpoint } = target;
  const [page, ...owner] = key.slice(`${accountId}/${region}/${endpoint}/`.length).split("/").toReversed();
  const scope = scopes.find((known) => known === owner[1]);
  if (page !== "minute" || scope === undefined) return undefined;
  return { key, unit, endpoint, scope, baseModelId: owner.slice(2).toReversed().join("/") };
}
