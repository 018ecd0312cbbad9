import type { Target } from "@shardrock/core";

/** A role or its session failed: everything of the account. */
export function accountScope({ accountId }: Target): string {
  return `account ${accountId}`;
}

/** AWS counts tokens per day over all models of an account and Region. */
export function dayScope({ accountId, region }: Target): string {
  return `account ${accountId}, ${region}`;
}

/** Each operation has its own IAM action, and a model answers 404 on the APIs it does not have. */
export function operationScope({ id }: Target, operation: string | undefined): string {
  return operation === undefined ? id : `${id} for ${operation}`;
}

/** Capacity that all accounts share: one model, or one profile's scope, in one source Region. */
export function capacityScope({ region, endpoint, modelId }: Target): string {
  return `${region}/${endpoint}/${modelId}`;
}
