import type { Target } from "@shardrock/core";

/** A target by its account, Region and model, with a book for minutes and none for days. */
export function targetAt(accountId: string, region = "us-east-1", modelId = "m"): Target {
  const id = `${accountId}/${region}/runtime/${modelId}`;
  return {
    id,
    accountId,
    region,
    endpoint: "runtime",
    modelId,
    destinationRegions: [region],
    weight: 1,
    quotas: [{ key: `${id}/tokens`, unit: "tokens", windowMs: 60_000 }],
  };
}
