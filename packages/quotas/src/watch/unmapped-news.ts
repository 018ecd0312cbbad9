import type { QuotaNews, QuotaPlace } from "@shardrock/core";
import { meaningOf } from "../mapping/meaning-of.ts";
import type { QuotaRow } from "../reader/aws-reader.ts";

/** Quotas AWS has whose meaning is not known: each name is told of once, wherever it is seen first. */
export class UnmappedNews {
  readonly #told = new Set<string>();

  of(place: QuotaPlace, rows: readonly QuotaRow[]): readonly QuotaNews[] {
    return rows.flatMap((row) => {
      if (this.#told.has(row.name)) return [];
      const meaning = meaningOf(row);
      if (meaning.kind !== "unmapped") return [];
      this.#told.add(row.name);
      return [newsOf(place, row, meaning.reason)];
    });
  }
}

function newsOf({ accountId, region }: QuotaPlace, { name, code, value }: QuotaRow, reason: string): QuotaNews {
  const scope = `quota ${JSON.stringify(name)} (${code})`;
  const message = `${scope} is not used: ${reason}`;
  return { change: "unmapped", scope, accountId, region, key: undefined, before: undefined, now: value, message };
}
