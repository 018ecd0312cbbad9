import { isRecord } from "../../config/plain-data.ts";

/** Names of fields, outermost first. */
export type FieldPath = readonly string[];

/** The largest limit found on the answer, in tokens; undefined when none is a whole number above 0. */
export function maxTokensAt(body: unknown, paths: readonly FieldPath[]): number | undefined {
  let largest: number | undefined;
  for (const path of paths) {
    let value: unknown = body;
    for (const key of path) value = isRecord(value) ? value[key] : undefined;
    if (isLimit(value)) largest = Math.max(value, largest ?? 0);
  }
  return largest;
}

function isLimit(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
