import type { Target } from "@shardrock/core";
import type { Episode } from "./plan.ts";

/** An account whose role was assumed before goes on for a while when STS is down. */
export function startOf({ kind, fromMs }: Episode): number {
  return kind === "sts-down" ? fromMs + 15_000 : fromMs;
}

/** Whether it falls on a target. */
export function isAbout({ accountId, region }: Episode, target: Target): boolean {
  return (accountId ?? target.accountId) === target.accountId && (region ?? target.region) === target.region;
}
