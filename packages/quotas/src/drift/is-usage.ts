import type { UsageSeries } from "../reader/aws-reader.ts";

/** Whether an answer is one: readers may be anybody's, and a number that is none must never become a limit. */
export function isUsage(answer: unknown): answer is readonly UsageSeries[] {
  return Array.isArray(answer) && answer.every(isSeries);
}

function isSeries(series: unknown): boolean {
  if (!isObject(series) || !("query" in series) || !("byMinute" in series)) return false;
  const { query, byMinute } = series;
  return isObject(query) && byMinute instanceof Map && [...byMinute].every((point) => point.every(isCount));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}
