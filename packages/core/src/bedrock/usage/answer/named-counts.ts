import { isRecord } from "../../config/plain-data.ts";
import { isUnsaid, noCounts, type TokenCounts, unreadableCounts } from "./token-usage.ts";

/** Under which names an object holds its counts. */
export type CountNames = Readonly<Record<"input" | "output", string>> &
  Partial<Readonly<Record<"cacheRead" | "cacheWrite", string>>>;

/** Picks the counts out of the object that should hold them; what is no object is unreadable. */
export function namedCounts(holder: unknown, names: CountNames): TokenCounts {
  if (isUnsaid(holder)) return noCounts;
  if (!isRecord(holder)) return unreadableCounts;
  return {
    input: holder[names.input],
    output: holder[names.output],
    cacheRead: names.cacheRead === undefined ? undefined : holder[names.cacheRead],
    cacheWrite: names.cacheWrite === undefined ? undefined : holder[names.cacheWrite],
  };
}
