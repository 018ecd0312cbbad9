import type { Limit } from "@shardrock/core";
import { leftOf, type QuotaRecord } from "@shardrock/core/book";

/** The limit of a quota as a record names it. */
export type NamedLimit = QuotaRecord["limit"];

/** The limit that another process goes by. */
export interface TheirLimit {
  readonly limit: NamedLimit;
  /** Id of the process. */
  readonly by: string;
}

/** What holds for a quota, and whose limit it is. */
export interface HoldingLimit {
  readonly limit: NamedLimit;
  readonly by: string;
}

export function named({ published, foreignUse = 0, most = Number.POSITIVE_INFINITY }: Limit): NamedLimit {
  return { published, foreignUse, most };
}

/** The lower of two limits; ours where they allow the same. */
export function lowerOf(ours: HoldingLimit, theirs: TheirLimit | undefined): HoldingLimit {
  return theirs !== undefined && mayUse(theirs.limit) < mayUse(ours.limit) ? theirs : ours;
}

/** Whether two processes were told different limits. What others are found to use differs from look to look. */
export function differs(one: NamedLimit, other: NamedLimit): boolean {
  return one.published !== other.published || one.most !== other.most;
}

/** As core's limits have it. */
export function asLimit({ published, foreignUse, most }: NamedLimit): Limit {
  const limit = { published, foreignUse, source: "config" } as const;
  return { ...limit, value: mayUse({ published, foreignUse, most }), ...(Number.isFinite(most) ? { most } : {}) };
}

function mayUse({ published, foreignUse, most }: NamedLimit): number {
  return Math.min(leftOf({ published, foreignUse }), most);
}
