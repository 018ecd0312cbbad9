import type { QuotaPlace } from "@shardrock/core";
import type { QuotaRow } from "../reader/aws-reader.ts";
import type { IncreaseQuota } from "./increase-plan.ts";

/** All rows of both lists AWS gives of one account and Region. */
export interface QuotaRows {
  /** See `AwsReader.appliedQuotas`. */
  readonly applied: readonly QuotaRow[];
  /** See `AwsReader.defaultQuotas`. */
  readonly defaults: readonly QuotaRow[];
}

/** The quotas of one account and Region as a plan takes them. */
export function increaseQuotas(place: QuotaPlace, { applied, defaults }: QuotaRows): readonly IncreaseQuota[] {
  const appliedRows = new Map(applied.map((row) => [row.code, row]));
  const defaultRows = new Map(defaults.map((row) => [row.code, row]));
  const rows = new Map([...defaultRows, ...appliedRows]);
  const { accountId, region } = place;
  return [...rows.values()].map(({ code, name, isAdjustable }) => ({
    accountId,
    region,
    code,
    name,
    isAdjustable,
    applied: appliedRows.get(code)?.value,
    default: defaultRows.get(code)?.value,
  }));
}
