import { grouped } from "../grouped.ts";
import { sayTime } from "./figures.ts";
import type { CaseQuota } from "./plan-report.ts";
import { quotaPlaceOf } from "./quota-place.ts";

/** Quotas of one kind, wherever they are: they are raised together. */
export function kindOf({ key, endpoint, unit }: Pick<CaseQuota, "key" | "endpoint" | "unit">): string {
  const { modelId, scope } = quotaPlaceOf(key);
  return [endpoint, modelId, scope, unit].join(" ");
}

export const unitWords: Readonly<Record<CaseQuota["unit"], string>> = {
  tokens: "tokens per minute",
  requests: "requests per minute",
  inputTokens: "input tokens per minute",
  outputTokens: "output tokens per minute",
};

/** Which kind of quota keeps calls waiting most, for how long and since when; null: none does. */
export function bindingOf(quotas: readonly CaseQuota[]): string | null {
  const bound = quotas.filter(({ firstBoundAtMs }) => firstBoundAtMs !== null);
  const kinds = [...grouped(bound, kindOf).values()];
  const [worst] = kinds.toSorted((one, other) => mostBound(other) - mostBound(one));
  const [quota] = worst ?? [];
  if (worst === undefined || quota === undefined) return null;
  const all = quotas.filter((each) => kindOf(each) === kindOf(quota)).length;
  const firstMs = Math.min(...worst.map(({ firstBoundAtMs }) => firstBoundAtMs ?? 0));
  const where = all === 1 ? "" : ` in ${worst.length} of ${all} places`;
  const share = `${(mostBound(worst) * 100).toFixed(0)} % of the time`;
  const { modelId, scope } = quotaPlaceOf(quota.key);
  return `${unitWords[quota.unit]} of ${modelId} (${scope})${where}, ${share}, first after ${sayTime(firstMs)}`;
}

function mostBound(quotas: readonly CaseQuota[]): number {
  return Math.max(0, ...quotas.map(({ bound }) => bound.typical));
}
