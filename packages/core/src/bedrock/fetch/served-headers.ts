import type { ServedBy } from "../transport/served-by.ts";

/** Headers that say who served a call, or failed it last. */
export function servedHeaders({ accountId, region, attempts }: ServedBy): Readonly<Record<string, string>> {
  return {
    "x-shardrock-account": accountId,
    "x-shardrock-region": region,
    "x-shardrock-attempts": String(attempts),
  };
}
