import type { QuotaPlace } from "@shardrock/core";

/** Names a place in maps and logs, such as `111111111111/us-east-1`: what its quotas' keys in the book begin with. */
export function placeKey({ accountId, region }: QuotaPlace): string {
  return `${accountId}/${region}`;
}
