import type { QuotaNews } from "@shardrock/core";
import type { MeteredQuota } from "./metered-quotas.ts";

/** Others count as gone below this share of what they are told of from. */
const goneBelow = 0.5;

/** What is worth telling of others' use: that it is large, and that it is not any more. */
export class DriftNews {
  readonly #tellFrom: number;
  /** Units per window that were told of, by quota. */
  readonly #told = new Map<string, number>();

  /** @param tellFrom - share of a limit. */
  constructor(tellFrom: number) {
    this.#tellFrom = tellFrom;
  }

  /** @param units - per window, that others use now. @returns undefined: nothing new. */
  about(quota: MeteredQuota, units: number): QuotaNews | undefined {
    const { key, limit } = quota;
    const before = this.#told.get(key);
    const from = limit * this.#tellFrom;
    if (before === undefined && limit > 0 && units >= from) {
      this.#told.set(key, units);
      return newsOf(quota, { before: 0, now: units });
    }
    if (before !== undefined && units < from * goneBelow) {
      this.#told.delete(key);
      return newsOf(quota, { before, now: units });
    }
    return undefined;
  }

  /** Quotas that are not there any more. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#told.keys()) if (!keys.has(key)) this.#told.delete(key);
  }
}

function newsOf({ key, place, limit, unit }: MeteredQuota, change: { before: number; now: number }): QuotaNews {
  const { before, now } = change;
  const use = `${Math.round(now)} of ${Math.round(limit)} ${unit} per window`;
  const message =
    now > before
      ? `Others use ${use} of ${key}: calls are planned on what they leave. Find who calls with this account beside the router.`
      : `Others use ${use} of ${key} now, ${Math.round(before)} before: calls are planned on it again.`;
  return { change: "drift", scope: `quota ${key}`, ...place, key, before, now, message };
}
